"""What ten minutes of searching find, against the settings made by hand; and what probing the layers takes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench import jobs
from workbench.compression.recipe import Recipe
from workbench.operations.search.record import Found
from workbench.operations.search.settings import SearchSettings
from workbench.operations.sensitivity import PROBES, sensitivity
from workbench.project import Project
from workbench.quantities import percent, quantity

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

Figure = Callable[[str, str, str], None]
BOARD = "nano33ble_sense"
MINUTES = 10.0


@pytest.fixture
def exercises(samples: Path, tmp_path: Path) -> Path:
    return shutil.copytree(samples / "shoulder_exercises", tmp_path / "exercises")


def accuracy(folder: Path, variant: int) -> float:
    """On the test split."""
    report = jobs.run("workbench.operations.evaluate:report_on_test", folder, variant).value["variant"]
    return float(report["accuracy"])


def taken(folder: Path, found: Found, number: int) -> float:
    """The test accuracy of a trial that is taken."""
    return accuracy(folder, jobs.run("workbench.operations.search.take:take_trial", folder, found.name, number).value)


def made_by_hand(folder: Path) -> float:
    """The test accuracy of the sample's own settings, trained and quantized as on the Train and Compress pages."""
    run = jobs.run("workbench.operations.train:train", folder).value
    return accuracy(folder, jobs.run("workbench.operations.compress:compress", folder, Recipe(), run_id=run).value)


def test_ten_minutes_of_searching(exercises: Path, figure: Figure) -> None:
    found: Found = jobs.run(
        "workbench.operations.search.search:search",
        exercises,
        BOARD,
        SearchSettings(minutes=MINUTES, processes=2),
        starts_processes=True,
    ).value
    best, base = found.best, found.baseline
    assert best is not None and base is not None
    states = [trial.state for trial in found.trials]
    figure(
        f"models tried in {MINUTES:g} min on two processes", f"{len(states)}, {states.count('judged')} to the end", ""
    )
    figure("best", best.name, "")
    qualities = (percent(base.quality or 0.0), percent(best.quality or 0.0))
    figure("accuracy on all validation splits, made by hand and found", " → ".join(qualities), "")
    figure(
        "the same settings as made by hand, taken from the search: on the test groups",
        percent(taken(exercises, found, 0)),
        "",
    )
    names = ("accuracy on the test groups, made by hand and found", "flash", "RAM", "latency")
    yours = (made_by_hand(exercises), base.flash, base.ram, base.latency)
    its = (taken(exercises, found, best.number), best.flash, best.ram, best.latency)
    better, worse = [], []
    for name, own, other, unit in zip(names, yours, its, ("", "B", "B", "s"), strict=True):
        assert own is not None and other is not None
        figure(name, " → ".join(quantity(v, unit) if unit else percent(v) for v in (own, other)), "")
        gain = own - other if unit else other - own
        better += [name.split()[0]] if gain > 0 else []
        worse += [name.split()[0]] if gain < 0 else []
    told = f"{len(better)} ({', '.join(better)}), worse in {len(worse)} ({', '.join(worse)})"
    figure("found against made by hand: better in", told, ">= 2, worse in 0")


def test_probing_the_layers(exercises: Path, figure: Figure) -> None:
    run = jobs.run("workbench.operations.train:train", exercises).value
    with Project.open(exercises) as project:
        assert project.latest_run() is not None
    start = time.perf_counter()
    found = sensitivity(exercises, run, job=jobs.QuietJob()).value
    seconds = time.perf_counter() - start
    each = seconds / len(found.layers)
    figure(
        f"{len(PROBES)} probes of a layer on {found.windows:,} windows, reading included",
        f"{each:.2f} s",
        "< 1 s a layer",
    )
