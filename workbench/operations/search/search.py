"""Find the best model that fits a board within a time budget; pausing is stopping, and the next start goes on."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import random
import uuid
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from workbench import fields
from workbench.boards import Board, find_board
from workbench.compression.recipe import Recipe
from workbench.convert.convert import Quantization
from workbench.errors import NotPossible, NotSupported
from workbench.features.settings import FeatureSettings
from workbench.jobs import Job
from workbench.memory.budget import Firmware
from workbench.operations.fit_figures import Deployment
from workbench.operations.memory import chosen_engine, own_firmware
from workbench.operations.outcome import Outcome
from workbench.operations.search.floats import FloatModels, float_models
from workbench.operations.search.knobs import (
    Candidate,
    Knob,
    Value,
    beside,
    draw,
    in_words,
    knobs_for,
    turned,
    values_of,
)
from workbench.operations.search.record import Found, SearchFolder, Trial
from workbench.operations.search.settings import SearchSettings
from workbench.operations.search.study import Study, import_extra
from workbench.operations.search.trial import Rival, Sketch, Task, Tried, margin, run_trial, sketch
from workbench.operations.search.workers import Workers, workers
from workbench.operations.work import project_to_change
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.quantities import percent, quantity
from workbench.target.costs import load_costs
from workbench.training.prepare import Prepared, prepare, settings_snapshot
from workbench.training.settings import TrainingSettings

_LOOK_S = 0.2
_FAILURES_TO_STOP = 5  # when nothing has worked so far, nothing will
_TOO_LARGE_TO_STOP = 100
_MAY_BE_WORSE = 0.03  # than the hand-made model: a share of 1 for an accuracy, a share of itself for an error
_FAR_OVER = 1.0  # what a sampler is told of a trial that does not fit for a reason beside its figures
_HARDLY_OVER = 1e-6  # of one that fits, but was stopped: better than what does not fit, worse than what was judged


@dataclass(frozen=True)
class _Terms:
    """What stays the same while a search goes on."""

    folder: Path
    board: Board
    firmware: Firmware
    deployment: Deployment
    settings: SearchSettings
    base: Candidate
    knobs: list[Knob]
    task: str
    unit: str
    classes: int
    input_shape: tuple[int, ...]
    split: dict[str, Any]
    snapshot: dict[str, dict[str, Any]]

    @property
    def name(self) -> str:
        """The same for the same question, so that a search that was paused is found again."""
        asked: list[Any] = [self.board.id, dataclasses.astuple(self.firmware), dataclasses.astuple(self.deployment)]
        asked += [self.settings.folds, self.base.to_json(), self.split, self.snapshot]
        asked += [[knob.name, knob.choices, knob.low, knob.high, knob.step] for knob in self.knobs]
        return f"{self.board.id}-{hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:8]}"


def search(
    folder: Path,
    board_id: str,
    settings: SearchSettings,
    *,
    fresh: bool = False,
    job: Job,
) -> Outcome[Found]:
    """Try models until the time is over; what was found so far, also by earlier runs with the same question.

    Starts processes of its own. Reports "found" (with ``found``) whenever a trial ends, and "clock" (``left_s``,
    ``running``). Trials are judged on several splits of what is not kept for the test; nothing here sees that. With
    ``fresh`` an earlier run is forgotten. Raises MissingExtra without the extra ``search``, NotPossible when the
    cluster cannot be reached or nothing works, NotEnoughData.
    """
    import_extra("optuna")
    job.progress("Reading recordings", 0.0)
    with project_to_change(folder) as project:
        terms = _terms(project, find_board(board_id), fields.check(settings))
        place = SearchFolder(project.folder, terms.name)
        place.path.mkdir(parents=True, exist_ok=True)
        if fresh:
            place.clear()
        found = place.load() or _nothing_yet(terms)
        found = dataclasses.replace(found, minutes=settings.minutes)
        job.progress("Starting the workers", None)
        with float_models(place.path) as floats, workers(settings.processes, settings.scheduler) as hands:
            found = _Search(terms, place, floats, found, job).run(hands)
    return Outcome(found)


def _terms(project: Project, board: Board, settings: SearchSettings) -> _Terms:
    if not board.programmable:
        raise NotPossible(f"{board.name} runs no such models: {board.why_not}", to_do="Choose another board.")
    prepared: Prepared = prepare(project)
    dataset = prepared.dataset
    recipe = project.settings(Recipe)
    if not Quantization(recipe.quantization).runs_on_boards:
        recipe = dataclasses.replace(recipe, quantization=Quantization.INT8.value)
    # An epoch chosen by the windows that judge it would make every model look better than it is, and most so those
    # that vary most from epoch to epoch.
    training = dataclasses.replace(project.settings(TrainingSettings), keep="last")
    base = Candidate(training, project.settings(FeatureSettings), recipe)
    return _Terms(
        folder=project.folder,
        board=board,
        firmware=own_firmware(project),
        deployment=Deployment(chosen_engine(project, board), project.settings(ProjectSettings).code_option),
        settings=settings,
        base=base,
        knobs=knobs_for(settings, base, picture=dataset.picture),
        task=dataset.task,
        unit=dataset.target_unit,
        classes=len(dataset.classes),
        input_shape=dataset.input_shape,
        split=prepared.split.to_json(),
        snapshot=settings_snapshot(project),
    )


def _nothing_yet(terms: _Terms) -> Found:
    known = ("flash", "ram", "latency") if terms.board.core.name in load_costs().cores else ("flash", "ram")
    return Found(
        terms.name, terms.board.id, terms.task, terms.unit, terms.settings.minutes, costs=known, snapshot=terms.snapshot
    )


@dataclass(frozen=True)
class _Running:
    """A trial on its way: Optuna's side of it, and the candidate."""

    trial: Any
    candidate: Candidate


class _Search:
    """The loop: propose, send to a worker, take what comes back."""

    def __init__(self, terms: _Terms, place: SearchFolder, floats: FloatModels, found: Found, job: Job) -> None:
        self._terms, self._place, self._floats, self._job = terms, place, floats, job
        self._found = found
        self._study = Study(
            place.journal, maximize=terms.task == "classification", costs=len(found.costs), seed=terms.settings.seed
        )
        if self._study.count == 0:
            for candidate in _first_guesses(terms):
                self._study.propose(values_of(terms.knobs, candidate))
        self._chance = random.Random(terms.settings.seed + self._study.count)  # noqa: S311 - no secret
        self._stamp = uuid.uuid4().hex
        self._rivals = tuple(self._rival(trial) for trial in found.trials if trial.is_answer)
        self._running: dict[Future[Tried], _Running] = {}
        self._has_news = False
        self._started = monotonic()
        self._spent_before = found.spent_s

    @property
    def _spent(self) -> float:
        return self._spent_before + monotonic() - self._started

    @property
    def _left(self) -> float:
        return self._terms.settings.minutes * 60 - self._spent

    def run(self, hands: Workers) -> Found:
        """Until the time is over and the trials under way have ended. Raises Cancelled when it is to pause."""
        while self._left > 0 or self._running:
            if self._left > 0:
                self._send(hands)
            done, _ = wait(self._running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
            for future in done:
                self._take(future)
            self._tell()
        self._save()
        if not any(trial.state in ("judged", "stopped") for trial in self._found.trials):
            raise NotPossible(
                f"None of the {len(self._found.trials)} models that were tried could be judged.",
                where=self._terms.board.name,
                to_do="Give the search more time, or choose a larger board.",
            )
        return self._found

    def _tell(self) -> None:
        answers = sum(trial.state == "judged" for trial in self._found.trials)
        best = self._found.best
        words = "" if best is None else f", best {quality_words(self._found, best)}"
        text = f"{len(self._found.trials)} tried, {answers} judged{words}"
        self._job.progress(text, min(1.0, self._spent / (self._terms.settings.minutes * 60)))
        if self._has_news:  # told when a trial is stored with all that belongs to it: a pause may end the work here
            self._has_news = False
            self._job.report("found", found=self._found)
        self._job.report("clock", left_s=max(0.0, self._left), running=len(self._running))

    def _send(self, hands: Workers) -> None:
        """Give every idle worker a trial."""
        while len(self._running) < max(1, hands.slots()) and not self._job.cancelled:
            running = self._propose()
            if running is None:
                return  # the clock and Cancel get their turn
            task = Task(
                folder=self._terms.folder,
                stamp=self._stamp,
                board=self._terms.board,
                firmware=self._terms.firmware,
                deployment=self._terms.deployment,
                candidate=running.candidate,
                split=self._terms.split,
                floats=self._floats,
                folds=self._terms.settings.folds,
                rivals=self._rivals,
            )
            self._running[hands.executor.submit(run_trial, task)] = running

    def _propose(self) -> _Running | None:
        """A trial that is worth a training; None when the one that was drawn is not."""
        self._stay_near_the_best()
        trial = self._study.ask()
        candidate = draw(self._terms.knobs, self._terms.base, trial)
        try:
            least = sketch(candidate, self._terms.input_shape, self._terms.classes, self._terms.task)
        except NotSupported:  # knobs that do not go together
            self._study.tell_out(trial, [_FAR_OVER] * len(self._found.costs))
            return None
        over = self._over(least)
        if max(over) <= 0:
            return _Running(trial, candidate)
        self._study.tell_out(trial, over)
        self._note(trial.number, candidate, "too large", note="Its weights or its activations alone do not fit.")
        states = [one.state for one in self._found.trials]
        if states.count("too large") == len(states) >= _TOO_LARGE_TO_STOP:
            raise NotPossible(
                f"Each of the first {len(states)} models is too large for {self._terms.board.name} by itself.",
                to_do="Start from a smaller model, shorter windows, or choose another board.",
            )
        return None

    def _stay_near_the_best(self) -> None:
        """Let every other trial be one that has won so far, with one knob turned.

        The sampler learns from dozens of trials; a brief search has no more than that in all.
        """
        answers = self._found.front
        near = [trial for trial in answers if self._found.better_in(trial)] or answers
        if self._study.count % 2 and near:
            parent = Candidate.from_json(self._chance.choice(near).candidate)
            self._study.propose(values_of(self._terms.knobs, beside(self._terms.knobs, parent, self._chance)))

    def _rival(self, trial: Trial) -> Rival:
        """What later trials have to keep up with."""
        terms, candidate = self._terms, Candidate.from_json(trial.candidate)
        least = sketch(candidate, terms.input_shape, terms.classes, terms.task)
        return Rival(least.costs, trial.curve, trial.by_fold)

    def _over(self, least: Sketch) -> list[float]:
        """By which share of the board's limits the bounds lie over them; latency is not bounded."""
        board, firmware = self._terms.board, self._terms.firmware
        flash, ram = board.free_flash_bytes - firmware.flash_bytes, board.free_ram_bytes - firmware.ram_bytes
        over = [(least.weights - flash) / max(flash, 1), (least.ram - ram) / max(ram, 1)]
        return [*over, *[0.0] * (len(self._found.costs) - 2)]

    def _take(self, future: Future[Tried]) -> None:
        running = self._running.pop(future)
        trial, candidate = running.trial, running.candidate
        try:
            tried = future.result()
        except Exception as error:  # a worker that died, a network that cannot be built: only this trial is lost
            self._study.tell_failed(trial)
            self._note(trial.number, candidate, "failed", note=str(error) or type(error).__name__)
            self._give_up_when_nothing_works(error)
            return
        if tried.stopped:
            note = "Stopped early: something that takes no more was far better by then."
            self._note(trial.number, candidate, "stopped", tried, note)
            self._study.tell_out(trial, [_HARDLY_OVER] * len(self._found.costs))
            return
        made = self._note(trial.number, candidate, "judged", tried, "" if tried.fits else tried.verdict)
        if made.is_answer:  # what does not fit is nobody's rival
            self._rivals = (*self._rivals, self._rival(made))
        losses = self._found.losses(made)
        if not all(map(math.isfinite, losses)):
            self._study.tell_failed(trial)
            return
        self._study.tell(trial, (abs(losses[0]), *losses[1:]), [*self._judged_over(tried), self._shortfall(made)])

    def _judged_over(self, tried: Tried) -> list[float]:
        over = []
        for name in self._found.costs:
            value, limit = tried.figures.get(name), tried.limits.get(name)
            over.append(0.0 if value is None or not limit else (value - limit) / limit)
        if not tried.fits and max(over) <= 0:  # another memory of the board is too small
            over[0] = _FAR_OVER
        return over

    def _shortfall(self, trial: Trial) -> float:
        """How much worse than the hand-made model, beyond what is tolerated: so the search stays where it may win.

        A hand-made model that does not fit is no measure.
        """
        base = self._found.baseline
        if base is None or not base.fits:
            return 0.0
        worth, yours = -self._found.losses(trial)[0], -self._found.losses(base)[0]
        return yours - worth - margin(yours, _MAY_BE_WORSE)

    def _note(self, number: int, candidate: Candidate, state: str, tried: Tried | None = None, note: str = "") -> Trial:
        figures = {} if tried is None else tried.figures
        made = Trial(
            number=number,
            state=state,
            name=in_words(candidate),
            candidate=candidate.to_json(),
            quality=tried.quality if tried is not None and math.isfinite(tried.quality) else None,
            flash=figures.get("flash"),
            ram=figures.get("ram"),
            latency=figures.get("latency"),
            energy=figures.get("energy"),
            fits=tried is not None and tried.fits,
            seconds=0.0 if tried is None else tried.seconds,
            note=note,
            curve=() if tried is None or tried.stopped else tried.curve,
            by_fold=() if tried is None else tried.by_fold,
        )
        self._found = self._found.with_trial(made)
        self._save()
        return made

    def _save(self) -> None:
        self._found = dataclasses.replace(self._found, spent_s=self._spent)
        self._place.save(self._found)
        self._has_news = True

    def _give_up_when_nothing_works(self, error: Exception) -> None:
        if any(trial.state != "failed" for trial in self._found.trials):
            return
        if len(self._found.trials) >= _FAILURES_TO_STOP:
            raise NotPossible(f"None of the first {_FAILURES_TO_STOP} models could be tried: {error}") from error


def _first_guesses(terms: _Terms) -> list[Candidate]:
    """The hand-made one, which all others are measured by, and what one would try first to make it smaller.

    A network that is trained wider and cut down, learning its own answers, is better than one trained as narrow.
    """
    training, knobs = terms.base.training, {knob.name: knob for knob in terms.knobs}
    strides: dict[str, Value] = {"training.downsampling": "strides"}
    longer: dict[str, Value] = strides | {"training.kernel": training.kernel + 2}
    wider: dict[str, Value] = {"training.width": round(training.width * 1.5)}
    cut: dict[str, Value] = {"recipe.channels": 0.25, "recipe.distillation": True, "recipe.fine_tune_epochs": 20}
    guesses: list[dict[str, Value]] = [
        longer | cut,
        strides,
        strides | cut,
        cut,
        strides | wider | {"training.architecture": "separable"},
        {"training.width": max(4, round(training.width * 0.75))},
    ]
    possible = [
        turned(terms.base, guess)
        for guess in guesses
        if all(name in knobs and knobs[name].takes(value) for name, value in guess.items())
    ]
    return [terms.base, *(candidate for candidate in possible if candidate != terms.base)]


def quality_words(found: Found, trial: Trial) -> str:
    """Accuracy in percent, or the error in its unit."""
    if found.task == "classification" and trial.quality is not None:
        return percent(trial.quality)
    return quantity(trial.quality, found.unit)
