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

RESIDUALS_KEPT = 2000  # enough for a scatter plot, little enough to store


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
    [true, predicted]. ``runtime`` says what ran the model.
    """

    task: str
    count: int
    runtime: str = ""
    split: str = ""
    accuracy: float | None = None
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    macro_f1: float | None = None
    classes: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    per_class: tuple[ClassResult, ...] = ()
    mae: float | None = None
    rmse: float | None = None
    r2: float | None = None
    unit: str = ""
    residuals: tuple[tuple[float, float], ...] = ()


def wilson_interval(hits: int, count: int, z: float = 1.959964) -> tuple[float, float]:
    """The interval that a true share lies in with 95 % confidence, from ``hits`` of ``count`` trials.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927. It takes the trials
    as independent; overlapping windows are not, so it is rather too narrow.
    """
    if count == 0:
        return 0.0, 1.0
    share = hits / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, centre - half), min(1.0, centre + half)


def evaluate_classification(
    truth: NDArray[np.integer],
    scores: NDArray[np.floating],
    classes: Sequence[str],
    *,
    runtime: str = "",
    split: str = "",
) -> Evaluation:
    """Compare class indices ``truth`` (N,) with ``scores`` (N, classes), of which the largest is the prediction."""
    predicted = np.argmax(scores, axis=1) if len(scores) else np.zeros(0, dtype=np.int64)
    size = len(classes)
    confusion = np.bincount(truth * size + predicted, minlength=size * size).reshape(size, size)
    count = int(confusion.sum())
    hits = int(np.trace(confusion))
    low, high = wilson_interval(hits, count)
    per_class = tuple(_class_result(name, confusion, index) for index, name in enumerate(classes))
    present = [result.f1 for result in per_class if result.support]
    return Evaluation(
        task="classification",
        count=count,
        runtime=runtime,
        split=split,
        accuracy=hits / count if count else 0.0,
        accuracy_low=low,
        accuracy_high=high,
        macro_f1=float(np.mean(present)) if present else 0.0,
        classes=tuple(classes),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        per_class=per_class,
    )


def _class_result(name: str, confusion: NDArray[np.integer], index: int) -> ClassResult:
    hits = int(confusion[index, index])
    support = int(confusion[index].sum())
    claimed = int(confusion[:, index].sum())
    precision = hits / claimed if claimed else 0.0
    recall = hits / support if support else 0.0
    f1 = 2 * hits / (support + claimed) if support + claimed else 0.0
    return ClassResult(name, precision, recall, f1, support)


def evaluate_regression(
    truth: NDArray[np.floating], predicted: NDArray[np.floating], unit: str, *, runtime: str = "", split: str = ""
) -> Evaluation:
    """Compare ``truth`` (N,) with ``predicted`` (N,), both in ``unit``; r2 is None when the truth never varies."""
    true = np.asarray(truth, dtype=np.float64).reshape(-1)
    guess = np.asarray(predicted, dtype=np.float64).reshape(-1)
    error = guess - true
    spread = float(np.sum((true - true.mean()) ** 2)) if len(true) else 0.0
    kept = np.linspace(0, len(true) - 1, min(len(true), RESIDUALS_KEPT)).astype(np.int64)
    return Evaluation(
        task="regression",
        count=len(true),
        runtime=runtime,
        split=split,
        mae=float(np.mean(np.abs(error))) if len(true) else 0.0,
        rmse=float(np.sqrt(np.mean(error**2))) if len(true) else 0.0,
        r2=1.0 - float(np.sum(error**2)) / spread if spread > 0 else None,
        unit=unit,
        residuals=tuple((float(true[i]), float(guess[i])) for i in kept),
    )


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
        return Evaluation(**values)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadProject("A stored evaluation cannot be read.", where=str(error), to_do="Train again.") from error
