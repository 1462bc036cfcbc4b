"""A search on a real Dask cluster: a scheduler and two worker processes, one of which dies in its first trial."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from workbench.jobs import Cancelled, QuietJob
from workbench.operations.search import search as searching
from workbench.operations.search.search import search
from workbench.operations.search.settings import SearchSettings
from workbench.operations.settings import change_settings
from workbench.project.store import Project
from workbench.training.settings import TrainingSettings

BOARD = "nano33ble_sense"
_STARTS_S = 60


class UntilJudged(QuietJob):
    """Pauses the search when so many trials are judged."""

    def __init__(self, enough: int) -> None:
        self.states: list[str] = []
        self._enough = enough

    def progress(self, text: str, fraction: float | None = None) -> None:
        if self.states.count("judged") >= self._enough:
            raise Cancelled

    def report(self, kind: str, **values: Any) -> None:
        if kind == "found":
            self.states = [trial.state for trial in values["found"].trials]


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of dask that ends with the block."""
    here = str(Path(__file__).parent)
    path = os.pathsep.join([here, *(one for one in sys.path if one)])
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The scheduler's address, and two workers without anybody who would start them again."""
    distributed = pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    with ExitStack() as all_of_it:
        place = ("--scheduler-file", str(file))
        all_of_it.enter_context(running("scheduler", "--port", "0", "--no-dashboard", *place))
        worker = ("worker", *place, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        workers = [all_of_it.enter_context(running(*worker)) for _ in range(2)]
        with distributed.Client(scheduler_file=str(file), timeout=_STARTS_S, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=_STARTS_S)
            address = client.scheduler.address
        yield address, workers


@pytest.mark.nightly
def test_a_worker_that_dies_costs_its_trial_at_most(
    wave_project: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, workers = cluster
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(searching, "run_trial", importlib.import_module("cluster_work").pretend)
    job = UntilJudged(5)
    with pytest.raises(Cancelled):
        search(wave_project, BOARD, SearchSettings(minutes=10, scheduler=address), job=job)
    assert sum(one.poll() is not None for one in workers) == 1, "one died"
    assert job.states.count("judged") >= 5, "the other one went on"
    assert job.states.count("failed") <= 1


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_models_are_trained_on_a_cluster(
    wave_project: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    with Project.open(wave_project) as project:
        change_settings(project, TrainingSettings(width=4, layers=1, epochs=4, batch_size=16))
    settings = SearchSettings(minutes=1.0, folds=1, compression=False, scheduler=address)
    killer = threading.Timer(30, workers[0].kill)
    killer.start()
    started = time.monotonic()
    try:
        found = search(wave_project, BOARD, settings, job=QuietJob()).value
    finally:
        killer.cancel()
        killer.join()
    assert time.monotonic() - started >= 60
    assert workers[0].poll() is not None
    judged = [trial for trial in found.trials if trial.state == "judged"]
    assert len(judged) >= 2
    assert found.best is not None
    assert sum(trial.state == "failed" for trial in found.trials) <= 1
