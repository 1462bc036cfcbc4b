"""A search goes on until its time is over, can be paused, and loses no more than the trial that dies."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from workbench.cli import main
from workbench.compression.recipe import Recipe
from workbench.dataset.settings import SplitSettings, WindowSettings
from workbench.errors import BadProject, BadSetting, MissingExtra, NotPossible
from workbench.jobs import Cancelled, QuietJob
from workbench.operations.search import search as searching
from workbench.operations.search import study, workers
from workbench.operations.search.record import Found, SearchFolder, Trial, latest_search
from workbench.operations.search.search import search
from workbench.operations.search.settings import SearchSettings
from workbench.operations.search.take import pick, take_trial
from workbench.operations.search.trial import Rival, Task, Tried, hopeless, sketch
from workbench.operations.search.workers import LocalProcesses, Workers
from workbench.operations.settings import change_settings
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.training.prepare import prepare
from workbench.training.settings import TrainingSettings

BOARD = "nano33ble_sense"
BRIEF = SearchSettings(minutes=0.1)


class Here(Executor):
    """Runs everything at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Listening(QuietJob):
    """Keeps the reports; cancels after so many trials."""

    def __init__(self, most: int = 10_000) -> None:
        self.trials: tuple[Trial, ...] = ()
        self._most = most

    @property
    def cancelled(self) -> bool:  # type: ignore[override]  # a plain attribute in QuietJob
        return len(self.trials) >= self._most

    def progress(self, text: str, fraction: float | None = None) -> None:
        if self.cancelled:
            raise Cancelled

    def report(self, kind: str, **values: Any) -> None:
        if kind == "found":
            self.trials = values["found"].trials


def pretend(task: Task) -> Tried:
    """The wider, the more accurate and the dearer; width 5 is a worker that dies."""
    width = task.candidate.training.width
    if width == 5:
        raise RuntimeError("the worker died")
    accuracy = 1 - 1 / width
    figures = {"flash": 1e4 * width, "ram": 1e3 * width, "latency": 1e-3 * width, "energy": 1e-6 * width}
    limits = {"flash": 3e5, "ram": 1e6, "latency": 1.0}
    return Tried(
        stopped=False,
        quality=accuracy,
        curve=(accuracy,),
        seconds=0.1,
        figures=figures,
        limits=limits,
        fits=figures["flash"] <= 3e5,
    )


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Trials that take no time, on a clock that goes on by 100 ms whenever it is read."""
    now = iter(i / 10 for i in range(10**6))
    monkeypatch.setattr(searching, "monotonic", lambda: next(now))
    monkeypatch.setattr(searching, "run_trial", pretend)

    @contextlib.contextmanager
    def here(_processes: int, _scheduler: str) -> Iterator[Workers]:
        yield Workers(Here(), lambda: 1)

    monkeypatch.setattr(searching, "workers", here)
    yield


@pytest.mark.usefixtures("clock")
def test_a_search_finds_the_front_and_goes_on_after_a_pause(wave_project: Path) -> None:
    job = Listening(most=4)
    with pytest.raises(Cancelled):
        search(wave_project, BOARD, BRIEF, job=job)
    paused = latest_search(wave_project, BOARD)
    assert paused is not None
    assert [trial.number for trial in job.trials] == [trial.number for trial in paused.trials]
    assert paused.baseline is not None and paused.baseline.candidate["training"]["width"] == TrainingSettings().width
    assert 0 < paused.spent_s < 6

    found = search(wave_project, BOARD, SearchSettings(minutes=0.15), job=Listening()).value
    assert len(found.trials) > len(paused.trials)
    assert found.trials[: len(paused.trials)][0] == paused.trials[0]
    assert found.spent_s >= 9
    widths = [trial.candidate["training"]["width"] for trial in found.front]
    assert max(widths) <= 30, "what does not fit is no answer"
    assert len(set(widths)) == len(widths)
    place = SearchFolder(wave_project, found.name)
    best = found.best
    assert best is not None and pick(found, "best") == best.number
    assert json.loads((place.path / "found.json").read_text())["best"] == best.number

    with pytest.raises(Cancelled):
        search(wave_project, BOARD, BRIEF, fresh=True, job=Listening(most=1))
    anew = latest_search(wave_project, BOARD)
    assert anew is not None
    assert len(anew.trials) == 1


@pytest.mark.usefixtures("clock")
def test_a_worker_that_dies_costs_its_trial_only(wave_project: Path) -> None:
    with Project.open(wave_project) as project:
        change_settings(project, TrainingSettings(width=7))  # three quarters of it, a guess, is the one that dies
    found = search(wave_project, BOARD, BRIEF, job=Listening()).value
    states = {trial.candidate["training"]["width"]: trial.state for trial in found.trials}
    assert states[5] == "failed"
    assert "judged" in states.values()


@pytest.mark.usefixtures("clock")
def test_when_nothing_works_the_search_says_why(wave_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_task: Task) -> Tried:
        raise RuntimeError("no such module")

    monkeypatch.setattr(searching, "run_trial", broken)
    with pytest.raises(NotPossible, match="no such module"):
        search(wave_project, BOARD, BRIEF, job=Listening())


@pytest.mark.usefixtures("clock")
def test_what_cannot_fit_is_not_trained(wave_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_task: Task) -> Tried:
        raise AssertionError("trained all the same")

    monkeypatch.setattr(searching, "run_trial", never)
    monkeypatch.setattr(searching, "_TOO_LARGE_TO_STOP", 5)
    with Project.open(wave_project) as project:
        change_settings(project, ProjectSettings(firmware_ram_bytes=256 * 1024))
    with pytest.raises(NotPossible, match="too large for Arduino"):
        search(wave_project, BOARD, SearchSettings(minutes=5), job=Listening())


@pytest.mark.usefixtures("clock")
def test_a_hand_made_model_that_does_not_fit_is_no_measure(wave_project: Path) -> None:
    with Project.open(wave_project) as project:
        change_settings(project, TrainingSettings(width=38))  # more than fits, and so more accurate than what does
    found = search(wave_project, BOARD, BRIEF, job=Listening()).value
    assert found.baseline is not None and not found.baseline.fits
    assert found.best is not None and found.best.number != 0
    assert found.better_in(found.best) == [], "it is less accurate, so it does not beat it in everything"


def test_the_command_line_shows_what_was_found(wave_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def trial(number: int, quality: float, flash: float) -> Trial:
        return Trial(
            number, "judged", f"model {number}", {}, quality, flash, ram=1e4, latency=1e-3, energy=1e-6, fits=True
        )

    found = Found("one", BOARD, "classification", "", 10.0, 60.0, trials=(trial(0, 0.8, 2e5), trial(1, 0.9, 1e5)))
    place = SearchFolder(wave_project, "one")
    place.path.mkdir(parents=True)
    place.save(found)
    assert main(["search", str(wave_project), "--board", BOARD, "--show"]) == 0
    told = capsys.readouterr().out
    assert "2 models tried in 1\u2009min (2 judged)" in told
    assert "Best: trial 1, model 1" in told
    assert "accuracy, flash" in told
    assert main(["search", str(wave_project), "--board", BOARD, "--show", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["best"], data["front"], data["paused"]) == (1, [1], False)
    assert main(["search", str(wave_project), "--board", "pico", "--show"]) == 1
    assert main(["search", str(wave_project), "--board", BOARD, "--show", "--take", "x"]) == 2
    assert "no number of a trial" in capsys.readouterr().err


def test_a_damaged_record_is_one_message(wave_project: Path) -> None:
    place = SearchFolder(wave_project, "somewhere")
    place.path.mkdir(parents=True)
    for content in (b"{", b"[]", b'{"board": 1}', b'{"trials": [1]}'):
        (place.path / "found.json").write_bytes(content)
        with pytest.raises(BadProject, match="Start a new search"):
            place.load()
    place.journal.write_text("not a journal\n")
    with pytest.raises(BadProject, match="journal"):
        study.Study(place.journal, maximize=True, costs=2, seed=1)


def test_without_the_extra_there_is_one_message(wave_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(MissingExtra, match=r"tinyml-workbench\[search\]"):
        search(wave_project, BOARD, BRIEF, job=QuietJob())


def test_a_trial_far_behind_something_cheaper_is_hopeless() -> None:
    rival = Rival((1.0, 1.0, 1.0), (0.5, 0.7, 0.9))
    assert not hopeless([0.1, 0.2], [rival], patience=3)
    assert hopeless([0.1, 0.2, 0.3], [rival], patience=3)
    assert not hopeless([0.1, 0.2, 0.88], [rival], patience=3)
    assert hopeless([-9.0, -8.0], [Rival((1.0, 1.0, 1.0), (-2.0,))], patience=1)


@pytest.mark.nightly  # trains and converts twice
def test_what_is_taken_has_learnt_from_all_but_the_test(wave_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextlib.contextmanager
    def here(_processes: int, _scheduler: str) -> Iterator[Workers]:
        yield Workers(Here(), lambda: 1)

    monkeypatch.setattr(searching, "workers", here)
    with Project.open(wave_project) as project:
        change_settings(project, TrainingSettings(width=4, layers=1, epochs=2, batch_size=16, learning_rate=0.01))
        change_settings(project, SplitSettings(by="recording"))
    with pytest.raises(Cancelled):
        search(wave_project, BOARD, SearchSettings(minutes=5, folds=1), job=Listening(1))
    found = latest_search(wave_project)
    assert found is not None
    outcome = take_trial(wave_project, found.name, 0, job=QuietJob())
    again = take_trial(wave_project, found.name, 0, job=QuietJob())
    assert again.value == outcome.value
    with Project.open(wave_project) as project:
        (run,) = project.runs()
        drawn = prepare(project).split
        assert run.split["test"] == len(drawn.test)
        assert run.split["train"] > len(drawn.train)
        assert run.split["train"] + run.split["validation"] == len(drawn.train) + len(drawn.validation)
        variant = project.variant(outcome.value)
        assert variant.current
        assert variant.evaluation["count"] == run.split["validation"]
        assert [one.quantization for one in project.variants()] == ["float32", "int8"]
    with pytest.raises(BadSetting, match="no trial 77"):
        take_trial(wave_project, found.name, 77, job=QuietJob())


@pytest.mark.usefixtures("clock")
def test_what_was_judged_on_other_windows_is_not_taken(wave_project: Path) -> None:
    with pytest.raises(Cancelled):
        search(wave_project, BOARD, BRIEF, job=Listening(most=1))
    found = latest_search(wave_project, BOARD)
    assert found is not None
    with Project.open(wave_project) as project:
        change_settings(project, WindowSettings(length_s=0.5))
    with pytest.raises(NotPossible, match="search again"):
        take_trial(wave_project, found.name, 0, job=QuietJob())
    with Project.open(wave_project) as project:
        assert not project.runs()


def test_the_sketch_is_a_bound_from_below(wave_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Project.open(wave_project) as project:
        terms = searching._terms(project, searching.find_board(BOARD), BRIEF)
    small = sketch(terms.base, terms.input_shape, terms.classes, terms.task)
    narrow = sketch(
        searching.turned(terms.base, {"recipe.channels": 0.5}), terms.input_shape, terms.classes, terms.task
    )
    assert 0 < narrow.weights < small.weights
    assert 0 < narrow.ram < small.ram


def _die() -> None:
    os._exit(9)


def test_a_local_process_that_dies_takes_no_other_with_it() -> None:
    hands = LocalProcesses(2)
    try:
        first, second = hands.submit(os.getpid), hands.submit(_die)
        pid = first.result(30)
        with pytest.raises(Exception, match="terminated"):
            second.result(30)
        pids = {hands.submit(os.getpid).result(30) for _ in range(2)}
        assert pid in pids
    finally:
        hands.shutdown()
    assert not [one for one in threading.enumerate() if "ExecutorManager" in type(one).__name__]


def test_a_scheduler_that_is_not_there_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_CONNECT_S", 0.2)
    with pytest.raises(NotPossible, match="no Dask scheduler"), workers.workers(1, "tcp://127.0.0.1:9"):
        pass


def test_recipes_of_phones_start_from_int8(wave_project: Path) -> None:
    with Project.open(wave_project) as project:
        change_settings(project, Recipe(quantization="float16"))
        terms = searching._terms(project, searching.find_board(BOARD), BRIEF)
    assert terms.base.recipe.quantization == "int8"
