"""Two variants side by side: what the second does better and worse than the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.boards import Board
from workbench.errors import NotPossible
from workbench.operations.variants import VariantRow, variant_row
from workbench.project.store import Project
from workbench.training.evaluation import Evaluation
from workbench.training.evaluation import from_json as evaluation_from_json

FIGURES = ("flash", "ram", "latency", "energy")


@dataclass(frozen=True)
class VariantComparison:
    """Two variants with their figures on one board and their evaluations on the validation split.

    ``confusion_change[i][j]``: how many windows of class i more the second takes for class j. ``recall_change`` is
    that of each class, in -1..1. Both are empty for a regression. ``caution`` says why the two may not be comparable.
    """

    first: VariantRow
    second: VariantRow
    evaluations: tuple[Evaluation, Evaluation]
    confusion_change: tuple[tuple[int, ...], ...]
    recall_change: tuple[float, ...]
    caution: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data; differences are second minus first, None where one of the two is not known."""
        pairs = {name: (getattr(self.first.figures, name), getattr(self.second.figures, name)) for name in FIGURES}
        return {
            "first": self.first.to_json(),
            "second": self.second.to_json(),
            "caution": self.caution,
            "change": {
                "file_bytes": self.second.variant.file_bytes - self.first.variant.file_bytes,
                **{
                    name: None if one.value is None or other.value is None else other.value - one.value
                    for name, (one, other) in pairs.items()
                },
                "confusion": [list(row) for row in self.confusion_change],
                "recall": list(self.recall_change),
            },
        }


def compare_variants(project: Project, first: int, second: int, board: Board) -> VariantComparison:
    """Compare two variants by their ids; raises BadSetting when there is no such, NotPossible when one is unjudged."""
    rows = [variant_row(project, project.variant(key), board) for key in (first, second)]
    unjudged = next((row.variant for row in rows if not row.variant.evaluation), None)
    if unjudged is not None:
        raise NotPossible("It came without data to judge it by.", where=unjudged.name)
    one, other = (evaluation_from_json(row.variant.evaluation) for row in rows)
    same_classes = one.task == other.task == "classification" and one.classes == other.classes
    return VariantComparison(
        first=rows[0],
        second=rows[1],
        evaluations=(one, other),
        confusion_change=confusion_change(one, other) if same_classes else (),
        recall_change=recall_change(one, other) if same_classes else (),
        caution=caution(one, other),
    )


def confusion_change(one: Evaluation, other: Evaluation) -> tuple[tuple[int, ...], ...]:
    """What has to be added to the first confusion matrix to get the second, of the same classes."""
    pairs = zip(one.confusion, other.confusion, strict=True)
    return tuple(tuple(new - old for old, new in zip(before, after, strict=True)) for before, after in pairs)


def recall_change(one: Evaluation, other: Evaluation) -> tuple[float, ...]:
    """The second's recall minus the first's, class by class."""
    pairs = zip(one.per_class, other.per_class, strict=True)
    return tuple(after.recall - before.recall for before, after in pairs)


def caution(one: Evaluation, other: Evaluation) -> str:
    """Why two evaluations may not be comparable; empty when they are."""
    if one.task != other.task or one.classes != other.classes:
        return "They were trained to tell different things apart: their accuracies cannot be compared."
    if one.count != other.count:
        return f"They were judged on different windows ({one.count:,} and {other.count:,}): compare with care."
    return ""
