"""What a window's target is: a class, a number in its label, or the value of a channel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.dataset.dataset import Targets
from workbench.dataset.settings import TargetSettings
from workbench.errors import BadSetting, NotEnoughData


def target_column(target: TargetSettings, channels: Sequence[str]) -> int | None:
    """The index of the channel to predict, or None when the label is the target."""
    if target.source == "label":
        return None
    if target.task == "classification":
        raise BadSetting(
            "A channel cannot be the target of a classification.",
            where="source",
            to_do="Choose regression, or the label as target.",
        )
    if target.channel not in channels:
        raise BadSetting(
            f"There is no channel {target.channel!r} to predict.",
            where="channel",
            to_do=f"Choose one of: {', '.join(channels)}.",
        )
    return list(channels).index(target.channel)


def channel_targets(
    column: NDArray[np.float32], starts: NDArray[np.int64], length: int, horizon: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The windows whose target row exists without a gap before it, and the channel's value there.

    The target of a window from row s lies at row ``s + length - 1 + horizon`` of ``column`` (rows,).
    """
    last = starts + length - 1
    starts, last = starts[last + horizon < len(column)], last[last + horizon < len(column)]
    gaps = np.cumsum(~np.isfinite(column))
    clean = gaps[last + horizon] == gaps[last]
    return starts[clean], column[last[clean] + horizon].astype(np.float32)


def label_targets(
    labels: Sequence[str], target: TargetSettings, messages: list[str]
) -> tuple[NDArray[np.bool_], Targets, tuple[str, ...]]:
    """Which windows have a label (N,), the targets of those, and the classes (none for regression).

    What is left out is added to ``messages``. Raises NotEnoughData without any label, BadSetting when regression
    meets a label that is no number.
    """
    labelled = np.array([bool(label) for label in labels], dtype=bool)
    if not labelled.all():
        messages.append(f"{int((~labelled).sum())} of {len(labels)} windows have no label and are left out.")
    if not labelled.any():
        raise NotEnoughData("No window has a label.", to_do="Label recordings or segments first.")
    used = [label for label in labels if label]
    names = sorted(set(used))
    if target.task == "classification":
        index = {name: position for position, name in enumerate(names)}
        return labelled, np.array([index[label] for label in used], dtype=np.int64), tuple(names)
    values = {name: _number(name) for name in names}
    return labelled, np.array([values[label] for label in used], dtype=np.float32), ()


def _number(label: str) -> float:
    try:
        value = float(label.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise BadSetting(
            f"Regression needs labels that are numbers; {label!r} is not.",
            where="task",
            to_do="Choose classification, or a channel as target.",
        )
    return value
