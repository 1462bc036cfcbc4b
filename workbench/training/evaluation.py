"""How good a model is on a split, in numbers that can be stored and drawn."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import BadProject

_RESAMPLES = 2000
_RESAMPLING_SEED = 1  # the same evaluation gives the same interval
RESIDUALS_KEPT = 2000  # enough for a scatter plot, little enough to store
ALL = "all"  # the "split" of a model from elsewhere: nothing was trained on or chosen by any window
MISTAKES_KEPT = 1000  # more than anyone looks through


@dataclass(frozen=True)
class ClassResult:
    """One class: ``precision`` and ``recall`` in 0..1 (0 when nothing was predicted), ``support`` windows."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Evaluation:
    """The result of a model on one split.

    Classification fills ``accuracy`` to ``per_class``; ``confusion[i][j]`` counts windows of class i that were
    taken for class j. Regression fills ``mae`` to ``residuals`` in ``unit``; ``residuals`` are pairs
    [true, predicted]. ``mistakes`` are windows that were taken for another class, at most MISTAKES_KEPT of them, spread
    evenly: [recording id, first row, true class, predicted class]; each is ``window_rows`` long (0 for a picture).
    ``runtime`` says what ran the model. ``accuracy_low`` to ``accuracy_high`` and ``mae_low``
    to ``mae_high`` are 95 % intervals over the ``recordings`` that the ``count`` windows come from.
    """

    task: str
    count: int
    recordings: int = 0
    runtime: str = ""
    split: str = ""
    accuracy: float | None = None
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    macro_f1: float | None = None
    classes: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    per_class: tuple[ClassResult, ...] = ()
    mistakes: tuple[tuple[int, int, int, int], ...] = ()
    window_rows: int = 0
    mae: float | None = None
    mae_low: float | None = None
    mae_high: float | None = None
    rmse: float | None = None
    r2: float | None = None
    unit: str = ""
    residuals: tuple[tuple[float, float], ...] = ()

    @property
    def judged_on(self) -> str:
        """The windows in words: ``the validation split``."""
        return "all labelled windows" if self.split == ALL else f"the {self.split or 'validation'} split"


def wilson_interval(hits: int, count: int, z: float = 1.959964) -> tuple[float, float]:
    """The interval that a true share lies in with 95 % confidence, from ``hits`` of ``count`` trials.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927. It takes the trials
    as independent, which the windows of one recording are not: see resampled_interval.
    """
    if count == 0:
        return 0.0, 1.0
    share = hits / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, centre - half), min(1.0, centre + half)


def resampled_interval(values: NDArray[np.floating], recordings: NDArray[np.integer]) -> tuple[float, float]:
    """The 95 % interval of the mean of ``values`` (N,), when whole ``recordings`` (N,) are drawn again and again.

    Windows of one recording overlap and resemble each other, so recordings, not windows, are what is independent:
    the cluster bootstrap, percentile method (A. C. Davison and D. V. Hinkley, Bootstrap Methods, 1997, 3.8).
    Recordings of one person resemble each other too, so with few people the truth may lie further off.
    """
    _, index = np.unique(recordings, return_inverse=True)
    counts = np.bincount(index)
    sums = np.bincount(index, weights=values)
    drawn = np.random.default_rng(_RESAMPLING_SEED).integers(len(counts), size=(_RESAMPLES, len(counts)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def evaluate_classification(
    truth: NDArray[np.integer],
    scores: NDArray[np.floating],
    classes: Sequence[str],
    *,
    recordings: NDArray[np.integer] | None = None,
    starts: NDArray[np.integer] | None = None,
    window_rows: int = 0,
    runtime: str = "",
    split: str = "",
) -> Evaluation:
    """Compare class indices ``truth`` (N,) with ``scores`` (N, classes), of which the largest is the prediction.

    ``recordings`` (N,) names the recording of each window; without it every window counts as one of its own. With
    ``starts`` (N,), their first rows, the mistakes are kept too.
    """
    predicted = np.argmax(scores, axis=1) if len(scores) else np.zeros(0, dtype=np.int64)
    size = len(classes)
    confusion = np.bincount(truth * size + predicted, minlength=size * size).reshape(size, size)
    count = int(confusion.sum())
    hits = int(np.trace(confusion))
    low, high = wilson_interval(hits, count)
    if recordings is not None and count:
        # A perfect score says nothing when resampled: the wider of the two holds.
        by_recording = resampled_interval((predicted == truth).astype(np.float64), recordings)
        low, high = min(low, by_recording[0]), max(high, by_recording[1])
    per_class = tuple(_class_result(name, confusion, index) for index, name in enumerate(classes))
    present = [result.f1 for result in per_class if result.support]
    return Evaluation(
        task="classification",
        count=count,
        recordings=_distinct(recordings, count),
        runtime=runtime,
        split=split,
        accuracy=hits / count if count else 0.0,
        accuracy_low=low,
        accuracy_high=high,
        macro_f1=float(np.mean(present)) if present else 0.0,
        classes=tuple(classes),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        per_class=per_class,
        mistakes=() if recordings is None or starts is None else _mistakes(truth, predicted, recordings, starts),
        window_rows=window_rows,
    )


def _mistakes(
    truth: NDArray[np.integer],
    predicted: NDArray[np.integer],
    recordings: NDArray[np.integer],
    starts: NDArray[np.integer],
) -> tuple[tuple[int, int, int, int], ...]:
    wrong = np.flatnonzero(predicted != truth)
    kept = wrong[np.linspace(0, len(wrong) - 1, min(len(wrong), MISTAKES_KEPT)).astype(np.int64)]
    return tuple((int(recordings[i]), int(starts[i]), int(truth[i]), int(predicted[i])) for i in kept)


def _class_result(name: str, confusion: NDArray[np.integer], index: int) -> ClassResult:
    hits = int(confusion[index, index])
    support = int(confusion[index].sum())
    claimed = int(confusion[:, index].sum())
    precision = hits / claimed if claimed else 0.0
    recall = hits / support if support else 0.0
    f1 = 2 * hits / (support + claimed) if support + claimed else 0.0
    return ClassResult(name, precision, recall, f1, support)


def evaluate_regression(
    truth: NDArray[np.floating],
    predicted: NDArray[np.floating],
    unit: str,
    *,
    recordings: NDArray[np.integer] | None = None,
    runtime: str = "",
    split: str = "",
) -> Evaluation:
    """Compare ``truth`` (N,) with ``predicted`` (N,), both in ``unit``; r2 is None when the truth never varies.

    ``recordings`` (N,) names the recording of each window; without it every window counts as one of its own.
    """
    true = np.asarray(truth, dtype=np.float64).reshape(-1)
    guess = np.asarray(predicted, dtype=np.float64).reshape(-1)
    error = guess - true
    spread = float(np.sum((true - true.mean()) ** 2)) if len(true) else 0.0
    kept = np.linspace(0, len(true) - 1, min(len(true), RESIDUALS_KEPT)).astype(np.int64)
    low = high = None
    if len(true):
        low, high = resampled_interval(np.abs(error), np.arange(len(true)) if recordings is None else recordings)
    return Evaluation(
        task="regression",
        count=len(true),
        recordings=_distinct(recordings, len(true)),
        runtime=runtime,
        split=split,
        mae=float(np.mean(np.abs(error))) if len(true) else 0.0,
        mae_low=low,
        mae_high=high,
        rmse=float(np.sqrt(np.mean(error**2))) if len(true) else 0.0,
        r2=1.0 - float(np.sum(error**2)) / spread if spread > 0 else None,
        unit=unit,
        residuals=tuple((float(true[i]), float(guess[i])) for i in kept),
    )


def _distinct(recordings: NDArray[np.integer] | None, count: int) -> int:
    return count if recordings is None else len(np.unique(recordings))


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """A plain dictionary for JSON."""
    return dataclasses.asdict(evaluation)


def from_json(data: Mapping[str, Any]) -> Evaluation:
    """The reverse of to_json; BadProject when the stored evaluation is not one."""
    try:
        known = {field.name for field in dataclasses.fields(Evaluation)}
        values = {name: value for name, value in data.items() if name in known}
        values["classes"] = tuple(values.get("classes", ()))
        values["confusion"] = tuple(tuple(int(n) for n in row) for row in values.get("confusion", ()))
        values["per_class"] = tuple(ClassResult(**result) for result in values.get("per_class", ()))
        values["residuals"] = tuple((float(a), float(b)) for a, b in values.get("residuals", ()))
        values["mistakes"] = tuple(_four(row) for row in values.get("mistakes", ()))
        return Evaluation(**values)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadProject("A stored evaluation cannot be read.", where=str(error), to_do="Train again.") from error


def _four(row: Sequence[Any]) -> tuple[int, int, int, int]:
    recording, start, true, predicted = row
    return int(recording), int(start), int(true), int(predicted)
