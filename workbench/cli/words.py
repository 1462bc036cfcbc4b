"""Evaluations and splits as lines for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from workbench.cli.screen import table
from workbench.dataset.split import PARTS
from workbench.quantities import percent, quantity


def split_line(split: Mapping[str, Any]) -> str:
    """How the windows were split."""
    parts = ", ".join(f"{part} {split[part]:,}" for part in PARTS)
    return f"Split by {split['by']} (windows): {parts}. No {split['by']} is in two of them."


def parts_line(parts: Mapping[str, float], unit: str) -> str:
    """What a figure is made of: ``spectrum features 1.90 ms, FULLY_CONNECTED 0.40 ms``."""
    return ", ".join(f"{name} {quantity(value, unit)}" for name, value in parts.items())


def quality(evaluation: Mapping[str, Any]) -> str:
    """Accuracy with its interval, or the mean absolute error."""
    if evaluation["task"] == "regression":
        r2 = evaluation["r2"]
        error = f"mean absolute error {quantity(evaluation['mae'], evaluation['unit'])}"
        return error + (f", R² {r2:.3f}" if r2 is not None else "")
    interval = f"{percent(evaluation['accuracy_low'])} to {percent(evaluation['accuracy_high'])}"
    return f"accuracy {percent(evaluation['accuracy'])} (95 %: {interval})"


def evaluation_lines(evaluation: Mapping[str, Any]) -> list[RenderableType]:
    """One line, and for a classification the classes with what they were taken for."""
    windows = f"{evaluation['count']:,} windows of {evaluation['recordings']:,} recordings"
    headline = f"{evaluation['split'].capitalize()} split, {windows}: {quality(evaluation)}"
    if evaluation["task"] == "regression":
        return [headline]
    return [headline, "", confusion_table(evaluation["classes"], evaluation["confusion"])]


def confusion_table(classes: list[str], confusion: list[list[int]]) -> RenderableType:
    """Rows are the true classes, columns the predictions, named by the letter in front of each row."""
    letters = [_letter(index) for index in range(len(classes))]
    shown = table("", "true \\ predicted", *letters, "recall", right=(*letters, "recall"))
    for letter, name, row in zip(letters, classes, confusion, strict=True):
        hits = row[len(shown.rows)]
        recall = percent(hits / sum(row)) if sum(row) else ""
        shown.add_row(letter, Text(name), *(str(count) if count else "·" for count in row), recall)
    return shown


def _letter(index: int) -> str:
    """a, b, … z, aa, ab, …"""
    high, low = divmod(index, 26)
    return (_letter(high - 1) if high else "") + chr(ord("a") + low)
