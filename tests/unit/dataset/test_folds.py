"""More validation splits out of one: whole groups, the test part untouched, every window judged once at most."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from workbench.dataset.build import build_dataset
from workbench.dataset.dataset import Dataset
from workbench.dataset.folds import validation_folds, with_more_to_learn_from
from workbench.dataset.settings import SplitSettings
from workbench.dataset.split import Split, split_dataset, window_groups
from workbench.project import Project


@pytest.fixture
def waves(wave_project: Path) -> tuple[Dataset, Split]:
    """Six people: four train, one validates, one is kept for the test."""
    with Project.open(wave_project) as project:
        dataset = build_dataset(project)
        return dataset, split_dataset(dataset, project.settings(SplitSettings))


def test_folds_keep_groups_together_and_the_test_part_apart(waves: tuple[Dataset, Split]) -> None:
    dataset, split = waves
    found = validation_folds(dataset, split, 4)
    assert found[0] is split
    assert len(found) == 4
    names = np.array(window_groups(dataset, split.by))
    everything = set(range(dataset.count))
    judged: list[int] = []
    for fold in found:
        parts = [set(part.tolist()) for part in (fold.train, fold.validation, fold.test)]
        assert set.union(*parts) == everything
        assert sum(map(len, parts)) == dataset.count
        assert not set(names[fold.train]) & set(names[fold.validation])
        np.testing.assert_array_equal(fold.test, split.test)
        assert fold.groups["validation"] == tuple(sorted(set(names[fold.validation])))
        judged += fold.validation.tolist()
    assert len(judged) == len(set(judged)), "each window is judged once"


def test_as_many_as_are_asked_for_and_no_more_than_there_are(waves: tuple[Dataset, Split]) -> None:
    dataset, split = waves
    assert len(validation_folds(dataset, split, 1)) == 1
    assert len(validation_folds(dataset, split, 2)) == 2
    assert len(validation_folds(dataset, split, 50)) <= 6
    few = Split(split.by, split.train[:3], split.validation, split.test, split.groups)
    assert validation_folds(dataset, few, 4) == [few], "there would be nothing left to learn from"


def test_a_fold_that_would_take_a_whole_class_away_is_left_out(waves: tuple[Dataset, Split]) -> None:
    dataset, split = waves
    names = np.array(window_groups(dataset, split.by))
    person = names[split.train[0]]
    slow = dataset.classes.index("slow")
    # Only this one person was ever slow, in all that may train.
    keep = (dataset.targets != slow) | (names == person)
    parts = (part[keep[part]] for part in (split.train, split.validation, split.test))
    lopsided = Split(split.by, *parts, split.groups)
    for fold in validation_folds(dataset, lopsided, 5):
        assert slow in dataset.targets[fold.train]


def test_most_of_what_validated_is_learnt_from_in_the_end(waves: tuple[Dataset, Split]) -> None:
    dataset, split = waves
    names = np.array(window_groups(dataset, split.by))
    rest = np.sort(np.concatenate([split.train, split.validation]))
    learns = names[rest] == names[split.train[0]]  # one person; the four others validate
    others = dataclasses.replace(split, train=rest[learns], validation=rest[~learns])
    found = with_more_to_learn_from(dataset, others)
    np.testing.assert_array_equal(found.test, split.test)
    np.testing.assert_array_equal(np.sort(np.concatenate([found.train, found.validation])), rest)
    assert not set(names[found.train]) & set(names[found.validation])
    assert len(others.validation) / 3 <= len(found.validation) <= len(others.validation) / 2
    assert found.groups["validation"] == tuple(sorted(set(names[found.validation])))


def test_the_only_group_that_validates_goes_on(waves: tuple[Dataset, Split]) -> None:
    dataset, split = waves
    assert with_more_to_learn_from(dataset, split).to_json() == split.to_json()
