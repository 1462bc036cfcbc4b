"""Training, validation and test windows, so that nothing of one is in another.

Windows of one recording overlap and resemble each other, and so do recordings of one person or one day. A group
(a recording, or all recordings with the same value of a metadata field) therefore stays on one side. So do groups
that share a recording: a file that was imported twice is the same data twice.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.dataset.dataset import Dataset
from workbench.dataset.settings import SplitSettings
from workbench.errors import BadProject, NotEnoughData

PARTS = ("train", "validation", "test")
BY_RECORDING = "recording"
NO_VALUE = "(none)"  # recordings without the metadata field stay together
_STRATA = 5  # numbers are stratified by that many ranges
_PRESENCE = 0.3  # worth of having a class at all, against having its exact share
_EVEN_ENOUGH = 0.03  # a difference in shares that does not matter
_DRAWS = 40  # random orders tried for the most even split
_MOST_GROUPS_TO_TRY = 300  # with more, one order is even enough


@dataclass(frozen=True)
class Split:
    """Window indices (int64, ascending) of each part, and the groups they come from.

    ``by`` is "recording" (groups are then recording ids as text) or the metadata field. ``messages`` is what the
    user should know, such as a class that only one group has.
    """

    by: str
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    groups: dict[str, tuple[str, ...]]
    messages: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What is stored with a run: the rule, the number of windows of each part and its groups."""
        counts = {part: len(getattr(self, part)) for part in PARTS}
        return {"by": self.by, **counts, "groups": {part: list(names) for part, names in self.groups.items()}}


def window_groups(dataset: Dataset, by: str) -> list[str]:
    """The group of each window: its recording's id, or its value of a metadata field."""
    if by == BY_RECORDING:
        return [str(recording) for recording in dataset.recording_ids.tolist()]
    values = {recording: metadata.get(by) or NO_VALUE for recording, metadata in dataset.metadata.items()}
    return [values[recording] for recording in dataset.recording_ids.tolist()]


def split_dataset(dataset: Dataset, settings: SplitSettings) -> Split:
    """Draw a split: whole groups, shares and classes as even as groups allow, the same for the same seed.

    Raises NotEnoughData with fewer than three groups, or when a class would have no training window.
    """
    names = window_groups(dataset, settings.by)
    groups, group_of_window = np.unique(np.array(names), return_inverse=True)
    if settings.by != BY_RECORDING and set(groups.tolist()) == {NO_VALUE}:
        raise NotEnoughData(
            f"No recording has the metadata field {settings.by!r} to split by.",
            where="by",
            to_do="Choose 'recording', or give the recordings that field.",
        )
    bundle_of_group, copies = bundles_of(dataset, group_of_window, len(groups))
    bundles = int(bundle_of_group.max()) + 1
    if bundles < len(PARTS):
        raise NotEnoughData(
            f"A split by {settings.by} needs at least 3 groups for training, validation and test; there are "
            f"{bundles}{_apart_from(copies)}.",
            where="by",
            to_do="Add recordings, or split by something finer.",
        )
    strata = _strata(dataset)
    of_window = bundle_of_group[group_of_window]
    table = np.zeros((bundles, int(strata.max()) + 1))
    np.add.at(table, (of_window, strata), 1)
    shares = (1 - settings.validation_share - settings.test_share, settings.validation_share, settings.test_share)
    part_of_bundle = _draw(table, shares, settings.seed)
    part_of_group = part_of_bundle[bundle_of_group]
    by_part = {part: tuple(groups[part_of_group == index].tolist()) for index, part in enumerate(PARTS)}
    split = _split(dataset, settings.by, part_of_bundle[of_window], by_part)
    _check_classes(dataset, split)
    return dataclasses.replace(split, messages=_messages(dataset, split, table, NO_VALUE in groups.tolist(), copies))


def restore_split(dataset: Dataset, stored: Mapping[str, Any]) -> Split:
    """The split of an earlier run on the dataset of today: groups keep their part, new groups are left out.

    So a variant made after new recordings came in is still judged on windows that its model never saw.
    """
    try:
        by = str(stored["by"])
        groups = {part: tuple(str(name) for name in stored["groups"][part]) for part in PARTS}
    except (KeyError, TypeError) as error:
        raise BadProject("The split of this run cannot be read.", where=str(error), to_do="Train again.") from error
    part_of = {name: index for index, part in enumerate(PARTS) for name in groups[part]}
    part_of_window = np.array([part_of.get(name, -1) for name in window_groups(dataset, by)], dtype=np.int64)
    return _split(dataset, by, part_of_window, groups)


def bundles_of(dataset: Dataset, group_of_window: NDArray[np.int64], groups: int) -> tuple[NDArray[np.int64], int]:
    """The number of the bundle of each group, and how many recordings are copies of another.

    Groups that share a recording, window for window, are one bundle. Recordings without any change in them (a sensor
    at rest) are not compared: they are alike without being copies.
    """
    bundle = np.arange(groups)
    group_with: dict[bytes, int] = {}
    copies = 0
    order = np.argsort(dataset.recording_ids, kind="stable")
    _, starts = np.unique(dataset.recording_ids[order], return_index=True)
    for at in np.split(order, starts[1:]):
        windows = dataset.windows[at]
        rows = windows.reshape(-1, windows.shape[-1])
        if np.all(rows == rows[0]):
            continue
        group = int(group_of_window[at[0]])
        digest = hashlib.sha256(windows.tobytes()).digest()
        if digest in group_with:
            copies += 1
            bundle[bundle == bundle[group]] = bundle[group_with[digest]]
        else:
            group_with[digest] = group
    return np.unique(bundle, return_inverse=True)[1], copies


def _split(dataset: Dataset, by: str, part_of_window: NDArray[np.int64], groups: dict[str, tuple[str, ...]]) -> Split:
    train, validation, test = (np.flatnonzero(part_of_window == index) for index in range(len(PARTS)))
    return Split(by, train, validation, test, groups)


def _strata(dataset: Dataset) -> NDArray[np.int64]:
    """What is spread evenly over the parts: the class, or the range that a number falls into."""
    if dataset.task == "classification":
        return dataset.targets.astype(np.int64)
    edges = np.quantile(dataset.targets, np.linspace(0, 1, _STRATA + 1)[1:-1])
    return np.searchsorted(edges, dataset.targets).astype(np.int64)


def _draw(table: NDArray[np.float64], shares: Sequence[float], seed: int) -> NDArray[np.int64]:
    """The part (0, 1, 2) of each group, from its windows per class (groups, classes).

    Groups are dealt in random order, large ones first, each to the part that it brings closest to its share of
    every class; of several orders, the first with a result about as even as the best is kept.
    """
    rng = np.random.default_rng(seed)
    total = table.sum(axis=0)
    relative = table / np.maximum(total, 1)
    wanted = np.asarray(shares)[:, np.newaxis] * (total > 0)
    size = relative.sum(axis=1)
    draws = _DRAWS if len(table) <= _MOST_GROUPS_TO_TRY else 1
    # Sizes are compared roughly, so that equal groups come in random order.
    orders = [np.lexsort((rng.random(len(table)), -np.round(size / size.max(), 1))) for _ in range(draws)]
    dealt = [_deal(relative, wanted, order) for order in orders]
    # The first that is nearly as even as any: the very best would be the same for every seed.
    enough = min(cost for _, cost in dealt) + wanted.size * _EVEN_ENOUGH**2
    return next(parts for parts, cost in dealt if cost <= enough)


def _deal(
    relative: NDArray[np.float64], wanted: NDArray[np.float64], order: NDArray[np.int64]
) -> tuple[NDArray[np.int64], float]:
    """Deal groups in ``order``; the part of each, and how uneven the result is."""
    parts = len(wanted)
    missing = wanted.copy()
    absent = wanted > 0
    dealt = np.full(len(relative), -1, dtype=np.int64)
    empty = list(range(parts))
    for position, group in enumerate(order):
        # Adding a group lowers the squared distance from the wanted shares by this, up to what is the same for
        # every part; a class that a part has none of yet counts more than its exact share.
        gain = ((missing + _PRESENCE * absent) * relative[group]).sum(axis=1)
        if len(order) - position <= len(empty):
            gain = np.where(np.isin(np.arange(parts), empty), gain, -np.inf)  # no part stays without a group
        part = int(gain.argmax())
        dealt[group] = part
        if part in empty:
            empty.remove(part)
        missing[part] -= relative[group]
        absent[part] &= relative[group] == 0
    return dealt, float((missing**2).sum() + _PRESENCE * absent.sum())


def _check_classes(dataset: Dataset, split: Split) -> None:
    """Every class must be in the training split."""
    if dataset.task != "classification":
        return
    seen = np.bincount(dataset.targets[split.train].astype(np.int64), minlength=len(dataset.classes))
    absent = [name for name, count in zip(dataset.classes, seen, strict=True) if count == 0]
    if absent:
        raise NotEnoughData(
            f"Split by {split.by}, no training window is left of: {', '.join(absent)}.",
            where="by",
            to_do="Record these classes in more groups, or draw another split (seed).",
        )


def _apart_from(copies: int) -> str:
    """The end of a count of groups, when there are copies."""
    return f", apart from {copies} copies of the same data" if copies else ""


def _messages(
    dataset: Dataset, split: Split, table: NDArray[np.float64], some_without: bool, copies: int
) -> tuple[str, ...]:
    messages = []
    if copies:
        what = "recording is a copy of another" if copies == 1 else "recordings are copies of others"
        messages.append(f"{copies} {what}: copies stay on the same side of the split.")
    if split.by != BY_RECORDING and some_without:
        messages.append(f"Recordings without the field {split.by!r} are kept together as one group.")
    if dataset.task == "classification":
        of_class = zip(dataset.classes, (table > 0).sum(axis=0), strict=True)
        lonely = [name for name, count in of_class if count == 1]
        if lonely:
            messages.append(f"Only one {split.by} has {', '.join(lonely)}: learnt, but not checked.")
    return tuple(messages)
