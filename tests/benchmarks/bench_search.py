"""What ten minutes of searching find, against the settings made by hand; and what probing the layers takes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench import jobs
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


def tested(folder: Path, found: Found, number: int) -> dict[str, Any]:
    """Take a trial and look at the test split: accuracy, and the costs that the search has told."""
    variant = jobs.run("workbench.operations.search.take:take_trial", folder, found.name, number).value
    report = jobs.run("workbench.operations.evaluate:report_on_test", folder, variant).value["variant"]
    trial = next(one for one in found.trials if one.number == number)
    return {"accuracy": report["accuracy"], "flash": trial.flash, "ram": trial.ram, "latency": trial.latency}


def test_ten_minutes_of_searching(exercises: Path, figure: Figure) -> None:
    found: Found = jobs.run(
        "workbench.operations.search.search:search",
        exercises,
        BOARD,
        SearchSettings(minutes=MINUTES, processes=2),
        starts_processes=True,
    ).value
    best = found.best
    assert best is not None
    states = [trial.state for trial in found.trials]
    figure(
        f"models tried in {MINUTES:g} min on two processes", f"{len(states)}, {states.count('judged')} to the end", ""
    )
    yours, its = tested(exercises, found, 0), tested(exercises, found, best.number)
    units = {"flash": "B", "ram": "B", "latency": "s"}
    better, worse = [], []
    for name, own in its.items():
        sign = -1 if name == "accuracy" else 1
        words = [percent(v) if name == "accuracy" else quantity(v, units[name]) for v in (yours[name], own)]
        figure(
            f"{name} on the test groups, made by hand and found" if name == "accuracy" else name, " → ".join(words), ""
        )
        better += [name] if sign * own < sign * yours[name] else []
        worse += [name] if sign * own > sign * yours[name] else []
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
