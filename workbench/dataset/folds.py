"""More validation splits out of one, so that a choice does not hang on the few groups that happened to be drawn; and,
once the choice is made, more to learn from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.dataset.dataset import Dataset
from workbench.dataset.split import PARTS, Split, bundles_of, window_groups

_STAYS = 1 / 3  # of the validation windows, at least


def validation_folds(dataset: Dataset, split: Split, count: int) -> list[Split]:
    """Up to ``count`` splits, the first of them ``split`` itself; the test part is the same in all.

    The others take about as many windows, in whole groups, out of the training part, each window in one of them at
    most; what validated before trains there. Groups with copies of the same data stay together. A split is left out
    when a class would have no training window left.
    """
    names, of_window = _groups_and_bundles(dataset, split)
    bundles, sizes = np.unique(of_window[split.train], return_counts=True)
    chunks = min(len(bundles), max(1, round(len(split.train) / max(len(split.validation), 1))))
    if chunks < 2:  # taking them all would leave nothing to learn from but the validation part
        return [split]
    filled = np.zeros(chunks)
    chunk_of = {}
    for place in np.argsort(-sizes, kind="stable"):  # the largest first, each to the chunk that has least
        chunk = int(filled.argmin())
        filled[chunk] += sizes[place]
        chunk_of[int(bundles[place])] = chunk
    found = [split]
    for chunk in range(chunks):
        if len(found) == count:
            break
        held = np.array([chunk_of[int(bundle)] == chunk for bundle in of_window[split.train]])
        train = np.sort(np.concatenate([split.train[~held], split.validation]))
        if dataset.task == "classification" and not np.isin(dataset.targets, dataset.targets[train]).all():
            continue
        found.append(_with(split, names, train, split.train[held]))
    return found


def with_more_to_learn_from(dataset: Dataset, split: Split) -> Split:
    """The same test part, and most groups of the validation part for training: for settings that are judged already.

    The smallest groups stay in the validation part, about a third of its windows; a single group stays.
    """
    names, of_window = _groups_and_bundles(dataset, split)
    bundles, sizes = np.unique(of_window[split.validation], return_counts=True)
    smallest_first = np.argsort(sizes, kind="stable")
    enough = int(np.searchsorted(np.cumsum(sizes[smallest_first]), _STAYS * len(split.validation))) + 1
    stays = np.isin(of_window[split.validation], bundles[smallest_first[:enough]])
    train = np.sort(np.concatenate([split.train, split.validation[~stays]]))
    return _with(split, names, train, split.validation[stays])


def _groups_and_bundles(dataset: Dataset, split: Split) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """The group of each window, and the number of the bundle of groups that stay together, as the split was made."""
    names = np.array(window_groups(dataset, split.by))
    groups, group_of_window = np.unique(names, return_inverse=True)
    bundle_of_group, _ = bundles_of(dataset, group_of_window, len(groups))
    return names, bundle_of_group[group_of_window]


def _with(split: Split, names: NDArray[np.str_], train: NDArray[np.int64], validation: NDArray[np.int64]) -> Split:
    """Other training and validation parts; ``names`` has the group of each window."""
    parts = {"train": train, "validation": validation, "test": split.test}
    of_part = {part: tuple(np.unique(names[parts[part]]).tolist()) for part in PARTS}
    return Split(split.by, train, validation, split.test, of_part)
