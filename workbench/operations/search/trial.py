"""One trial, in a process of its own: train, compress, judge on the validation split, fit figures on the board.

The worker has to reach the project's folder: on a cluster of several computers it lies on a disk that they share.
"""

from __future__ import annotations

import functools
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from workbench.boards import Board
from workbench.compression.compress import compress_model
from workbench.dataset.build import build_dataset
from workbench.dataset.dataset import Dataset
from workbench.dataset.folds import validation_folds
from workbench.dataset.split import restore_split
from workbench.features.blocks import find_block
from workbench.graph.read import read_graph
from workbench.jobs import Job, QuietJob, prepare_for_tensorflow
from workbench.memory.budget import Firmware
from workbench.operations.fit_figures import Deployment, FitFigures, model_figures
from workbench.operations.memory import feeding_buffers
from workbench.operations.search.floats import FloatModels
from workbench.operations.search.knobs import Candidate
from workbench.project.store import Project
from workbench.training.evaluation import Evaluation
from workbench.training.prepare import Prepared, with_features
from workbench.training.sketch import describe_architecture
from workbench.training.train import Trained

PATIENCE = 1 / 3  # share of the epochs that every trial may train
_LEARNS_NOTHING = 0.15  # behind at an epoch of the first fold: what is slow, or unlucky with that fold, goes on
_FOLDS_TO_TELL = 2  # before a trial may be stopped for being behind: the people of one fold may suit a kind of network
_FAR_BEHIND = 0.05  # something that takes no more: a share of 1 for an accuracy, of itself for an error
_OUT_OF_SIGHT = 0.08  # behind anything, however dear
_FLOAT_BYTES = 4
_one_at_a_time = threading.Lock()  # TensorFlow's seeds are the process's; a cluster's worker may have many threads


@dataclass(frozen=True)
class Sketch:
    """The least that a candidate takes, known before it is trained: B of weights, B of RAM, multiply-accumulates."""

    weights: float
    ram: float
    macs: float

    @property
    def costs(self) -> tuple[float, float, float]:
        return self.weights, self.ram, self.macs


@dataclass(frozen=True)
class Rival:
    """A finished trial: what it took at least, its best quality so far after each epoch, and its quality by fold.

    Of both more is better.
    """

    costs: tuple[float, float, float]
    curve: tuple[float, ...]
    by_fold: tuple[float, ...] = ()


@dataclass(frozen=True)
class Task:
    """What a worker needs. ``stamp`` tells one search from the next: data are read once for each.

    ``floats`` is where the float models are.
    """

    folder: Path
    stamp: str
    board: Board
    firmware: Firmware
    deployment: Deployment
    candidate: Candidate
    split: dict[str, Any]
    floats: FloatModels
    folds: int = 1
    rivals: tuple[Rival, ...] = ()


@dataclass(frozen=True)
class Tried:
    """What came of a trial. ``stopped`` early, it has its best accuracy so far and no figures.

    ``quality`` is the accuracy (0..1) or the mean absolute error over the validation windows of all folds, of which
    ``by_fold`` has a number each, more being better; ``figures`` are those on the board (flash and RAM in B, latency in
    s, energy in J, None where nobody knows), ``limits`` the board's.
    """

    stopped: bool
    quality: float
    curve: tuple[float, ...]
    seconds: float
    by_fold: tuple[float, ...] = ()
    figures: dict[str, float | None] = field(default_factory=dict)
    limits: dict[str, float | None] = field(default_factory=dict)
    fits: bool = False
    verdict: str = ""


class _Hopeless(Exception):
    """Another trial that takes no more was far better by now."""


def sketch(candidate: Candidate, input_shape: Sequence[int], classes: int, task: str) -> Sketch:
    """A bound from below: weights and the largest activation, without code, interpreter and scratch buffers.

    Raises NotSupported when the network cannot take such features.
    """
    shape = tuple(input_shape)
    features = find_block(candidate.features, shape).output_shape(shape, candidate.features)
    layers = describe_architecture(candidate.training, features, classes, task)
    kept = 1 - candidate.recipe.channels
    width = _FLOAT_BYTES if candidate.recipe.quantization == "float32" else 1
    window = math.prod(shape) * (_FLOAT_BYTES if len(shape) == 2 else 1)
    return Sketch(
        weights=sum(layer.parameters for layer in layers if layer.macs) * kept**2 * width,
        ram=window + max(math.prod(layer.output_shape) for layer in layers[1:]) * kept * width,
        macs=sum(layer.macs for layer in layers) * kept**2,
    )


def run_trial(task: Task) -> Tried:
    """Try a candidate. Raises what training and compressing raise: NotSupported, NotEnoughData, BadModel."""
    prepare_for_tensorflow()
    with _one_at_a_time:
        return _run_trial(task)


def _run_trial(task: Task) -> Tried:
    started = monotonic()
    candidate = task.candidate
    dataset = _dataset(task.folder, task.stamp)
    splits = validation_folds(dataset, restore_split(dataset, task.split), task.folds)
    least = sketch(candidate, dataset.input_shape, len(dataset.classes), dataset.task)
    watch = _Watch(dataset.task, least, candidate.training.epochs, task.rivals)
    prepared = with_features(dataset, splits[0], candidate.features)
    try:
        trained = _trained(task, 0, prepared, watch)
    except _Hopeless:
        return Tried(stopped=True, quality=abs(watch.curve[-1]), curve=watch.told, seconds=monotonic() - started)
    curve = watch.heard(trained.history)
    compressed = compress_model(trained.model, prepared, candidate.recipe, candidate.training, QuietJob())
    judged = [compressed.evaluation]
    for number, split in enumerate(splits[1:], 1):
        if watch.is_far_behind(judged):
            return Tried(True, _over_all_windows(judged), curve, monotonic() - started)
        other = with_features(dataset, split, candidate.features)
        model = _trained(task, number, other, QuietJob()).model
        judged.append(compress_model(model, other, candidate.recipe, candidate.training, QuietJob()).evaluation)
    figures = _figures(task, prepared, compressed.tflite)
    return Tried(
        stopped=False,
        quality=_over_all_windows(judged),
        curve=curve,
        seconds=monotonic() - started,
        by_fold=tuple(_worth(one) for one in judged),
        figures={name: getattr(figures, name).value for name in ("flash", "ram", "latency", "energy")},
        limits={name: getattr(figures, name).limit for name in ("flash", "ram", "latency")},
        fits=figures.fits is True,
        verdict=figures.verdict,
    )


def _trained(task: Task, fold: int, prepared: Prepared, job: Job) -> Trained:
    """The float model of a fold; another recipe for the same network does not train it again."""
    return task.floats.trained(task.candidate.training, task.candidate.features, fold, prepared, job)


def _worth(judged: Evaluation) -> float:
    """The accuracy, or the mean absolute error below zero: more is better."""
    if judged.accuracy is not None:
        return judged.accuracy
    return -math.inf if judged.mae is None else -judged.mae


def _over_all_windows(judged: Sequence[Evaluation]) -> float:
    """The accuracy, or the mean absolute error, of all windows together; each is in one evaluation."""
    total = sum(one.count for one in judged)
    return abs(sum(one.count * _worth(one) for one in judged) / total) if total else math.inf


@functools.lru_cache(maxsize=1)
def _dataset(folder: Path, _stamp: str) -> Dataset:
    with Project.open(folder) as project:
        return build_dataset(project)


def _figures(task: Task, prepared: Prepared, tflite: bytes) -> FitFigures:
    return model_figures(
        read_graph(tflite),
        task.board,
        buffers=feeding_buffers(prepared.features, task.board),
        firmware=task.firmware,
        parameters=prepared.features,
        deployment=task.deployment,
        model=tflite,
    )


class _Watch(QuietJob):
    """Listens to a training and ends it when it has fallen far behind something that takes no more."""

    def __init__(self, task: str, least: Sketch, epochs: int, rivals: Sequence[Rival]) -> None:
        self.curve: list[float] = []
        self._metric, self._sign = ("val_accuracy", 1.0) if task == "classification" else ("val_mae", -1.0)
        self._all = rivals
        self._rivals = [rival for rival in rivals if all(a <= b for a, b in zip(rival.costs, least.costs, strict=True))]
        self._patience = max(1, round(epochs * PATIENCE))

    @property
    def told(self) -> tuple[float, ...]:
        return tuple(self.curve)

    def heard(self, history: Mapping[str, Sequence[float]]) -> tuple[float, ...]:
        """The curve of a whole training, also of one that was done before."""
        self.curve = []
        for value in history[self._metric]:
            self._add(value)
        return self.told

    def _add(self, value: float) -> None:
        self.curve.append(max([self._sign * value, *self.curve[-1:]]))

    def report(self, kind: str, **values: Any) -> None:
        if kind != "epoch":
            return
        self._add(float(values[self._metric]))
        if hopeless(self.curve, self._rivals, self._patience):
            raise _Hopeless

    def is_far_behind(self, judged: Sequence[Evaluation]) -> bool:
        """Whether a rival that takes no more was far better on the folds so far, or any was better by miles."""
        own = [_worth(one) for one in judged]
        if len(own) < _FOLDS_TO_TELL:
            return False
        mean = sum(own) / len(own)

        def lead(rival: Rival) -> float:
            return sum(rival.by_fold[: len(own)]) / len(own) - mean if len(rival.by_fold) >= len(own) else 0.0

        return any(lead(rival) > margin(mean, _FAR_BEHIND) for rival in self._rivals) or any(
            lead(rival) > margin(mean, _OUT_OF_SIGHT) for rival in self._all
        )


def hopeless(curve: Sequence[float], rivals: Sequence[Rival], patience: int) -> bool:
    """Whether, after ``patience`` epochs, a rival was far better at the same epoch (its last, when it trained less)."""
    if len(curve) < patience:
        return False
    least = curve[-1] + margin(curve[-1], _LEARNS_NOTHING)
    return any(rival.curve[min(len(curve), len(rival.curve)) - 1] > least for rival in rivals if rival.curve)


def margin(worth: float, share: float) -> float:
    """A share of 1 for an accuracy; for an error, which is below zero here, a share of itself."""
    return share * (1.0 if worth >= 0 else abs(worth))
