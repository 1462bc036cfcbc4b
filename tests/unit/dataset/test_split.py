"""Nothing of one part is in another, and the parts are as even as whole groups allow."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workbench.dataset.dataset import Dataset
from workbench.dataset.settings import SplitSettings
from workbench.dataset.split import PARTS, Split, restore_split, split_dataset, window_groups
from workbench.errors import BadProject, NotEnoughData


def dataset(recordings: list[tuple[int, int, str]], task: str = "classification") -> Dataset:
    """One (class, windows, subject) a recording; a subject of "" is missing from the metadata."""
    ids = np.repeat(np.arange(len(recordings)), [windows for _, windows, _ in recordings]).astype(np.int64)
    kinds = np.array([recordings[i][0] for i in ids], dtype=np.int64)
    values = np.random.default_rng(0).normal(kinds, 1).astype(np.float32)
    return Dataset(
        task=task,
        windows=np.zeros((len(ids), 4, 1), dtype=np.float32),
        targets=kinds if task == "classification" else values,
        classes=tuple("abcdefgh"[: int(kinds.max()) + 1]) if task == "classification" else (),
        target_unit="",
        recording_ids=ids,
        starts=np.zeros(len(ids), dtype=np.int64),
        stride_rows=2,
        metadata={i: {"subject": subject} if subject else {} for i, (_, _, subject) in enumerate(recordings)},
        channels=("x",),
        units=("",),
        rate_hz=50.0,
    )


def groups_of(data: Dataset, split: Split) -> list[set[str]]:
    names = window_groups(data, split.by)
    return [{names[i] for i in getattr(split, part)} for part in PARTS]


some_recordings = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 9), st.sampled_from(["", "s1", "s2", "s3", "s4", "s5"])),
    min_size=3,
    max_size=30,
)


some_settings = st.builds(
    SplitSettings,
    by=st.sampled_from(["recording", "subject"]),
    validation_share=st.floats(0.05, 0.5),
    test_share=st.floats(0.05, 0.5),
    seed=st.integers(0, 5),
)


@settings(max_examples=80, deadline=None)
@given(recordings=some_recordings, wanted=some_settings, task=st.sampled_from(["classification", "regression"]))
def test_no_group_is_in_two_parts(recordings: list[tuple[int, int, str]], wanted: SplitSettings, task: str) -> None:
    data = dataset(recordings, task)
    try:
        split = split_dataset(data, wanted)
    except NotEnoughData:
        # Only for a reason: too few groups, or whole groups that take a class away from training.
        assert len(set(window_groups(data, wanted.by))) < 3 or task == "classification"
        assume(False)
    train, choose, report = groups_of(data, split)
    assert not train & choose and not train & report and not choose & report
    assert train and choose and report
    together = np.concatenate([split.train, split.validation, split.test])
    assert sorted(together.tolist()) == list(range(data.count))
    # The same recording, whatever the split is by, never lies in two parts either.
    by_recording = [set(data.recording_ids[getattr(split, part)].tolist()) for part in PARTS]
    assert not by_recording[0] & by_recording[1] and not by_recording[0] & by_recording[2]
    assert not by_recording[1] & by_recording[2]
    if task == "classification":
        assert set(data.targets[split.train].tolist()) == set(data.targets.tolist())


def even_subjects() -> Dataset:
    return dataset([(k, 20, f"s{subject}") for subject in range(10) for k in range(4)])


@pytest.mark.parametrize("seed", range(5))
def test_shares_and_classes_come_out_even(seed: int) -> None:
    data = even_subjects()
    split = split_dataset(data, SplitSettings(by="subject", seed=seed))
    assert [len(groups) for groups in groups_of(data, split)] == [6, 2, 2]
    for part, share in zip(PARTS, (0.6, 0.2, 0.2), strict=True):
        counts = np.bincount(data.targets[getattr(split, part)].astype(np.int64), minlength=4)
        np.testing.assert_array_equal(counts, 200 * share)


def test_the_seed_draws_the_split() -> None:
    data = even_subjects()
    drawn = [split_dataset(data, SplitSettings(by="subject", seed=seed)).groups["test"] for seed in range(8)]
    again = split_dataset(data, SplitSettings(by="subject", seed=3)).groups["test"]
    assert again == drawn[3]
    assert len(set(drawn)) > 3


def test_three_recordings_a_class_put_each_class_everywhere() -> None:
    data = dataset([(k, 10, "") for k in range(5) for _ in range(3)])
    split = split_dataset(data, SplitSettings())
    for part in PARTS:
        assert set(data.targets[getattr(split, part)].tolist()) == set(range(5))


def test_a_class_of_one_group_is_learnt_and_told() -> None:
    data = dataset([(0, 10, "")] * 6 + [(1, 10, "")])
    split = split_dataset(data, SplitSettings())
    assert 1 in data.targets[split.train]
    assert split.messages == ("Only one recording has b: learnt, but not checked.",)


def test_too_few_groups_are_counted() -> None:
    with pytest.raises(NotEnoughData, match=r"at least 3 groups .* there are 2"):
        split_dataset(dataset([(0, 5, ""), (1, 5, "")]), SplitSettings())


def test_a_field_that_no_recording_has() -> None:
    with pytest.raises(NotEnoughData, match="No recording has the metadata field 'day'"):
        split_dataset(even_subjects(), SplitSettings(by="day"))


def test_recordings_without_the_field_stay_together() -> None:
    data = dataset([(0, 5, ""), (1, 5, "")] * 2 + [(k, 5, f"s{s}") for s in range(6) for k in range(2)])
    split = split_dataset(data, SplitSettings(by="subject"))
    assert "kept together" in split.messages[0]
    parts = [part for part in PARTS if set(data.recording_ids[getattr(split, part)].tolist()) & {0, 1, 2, 3}]
    assert len(parts) == 1


def test_a_stored_split_comes_back_and_leaves_new_groups_out() -> None:
    data = dataset([(k, 6, f"s{subject}") for subject in range(6) for k in range(2)])
    split = split_dataset(data, SplitSettings(by="subject"))
    stored = json.loads(json.dumps(split.to_json()))
    assert (stored["by"], stored["train"]) == ("subject", len(split.train))
    later = dataset([(k, 6, f"s{subject}") for subject in range(9) for k in range(2)])
    restored = restore_split(later, stored)
    for part in PARTS:
        np.testing.assert_array_equal(getattr(restored, part), getattr(split, part))


def test_a_damaged_split_is_one_message() -> None:
    data = even_subjects()
    stored = split_dataset(data, SplitSettings(by="subject")).to_json()
    for damage in ({"groups": {}}, {"groups": None}):
        with pytest.raises(BadProject, match="Train again"):
            restore_split(data, stored | damage)


def test_many_pictures_split_quickly_and_evenly() -> None:
    data = dataclasses.replace(dataset([(k % 3, 1, "") for k in range(1200)]))
    split = split_dataset(data, SplitSettings())
    assert [len(getattr(split, part)) for part in PARTS] == [720, 240, 240]
    assert np.bincount(data.targets[split.test].astype(np.int64)).tolist() == [80, 80, 80]


def with_content(data: Dataset, contents: list[int]) -> Dataset:
    """``data`` with windows drawn at random; recordings with the same number hold the same."""
    windows = np.concatenate(
        [
            np.random.default_rng(content).normal(size=(int((data.recording_ids == recording).sum()), 4, 1))
            for recording, content in enumerate(contents)
        ]
    )
    return dataclasses.replace(data, windows=windows.astype(np.float32))


@pytest.mark.parametrize("seed", range(5))
def test_copies_of_a_recording_stay_on_one_side(seed: int) -> None:
    data = with_content(dataset([(i % 2, 6, "") for i in range(20)]), [i % 10 for i in range(20)])
    split = split_dataset(data, SplitSettings(seed=seed))
    seen = [{data.windows[i].tobytes() for i in getattr(split, part)} for part in PARTS]
    assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])
    assert "10 recordings are copies of others: copies stay on the same side of the split." in split.messages
    restored = restore_split(data, split.to_json())
    assert all(np.array_equal(getattr(restored, part), getattr(split, part)) for part in PARTS)


def test_subjects_that_share_a_recording_stay_on_one_side() -> None:
    subjects = ["s1", "s2", "s3", "s4", "s5", "s6"]
    data = with_content(dataset([(i % 2, 6, subjects[i // 2]) for i in range(12)]), [0, 1, 2, 0, *range(4, 12)])
    split = split_dataset(data, SplitSettings(by="subject"))
    assert any({"s1", "s2"} <= set(names) for names in split.groups.values())


def test_copies_do_not_count_as_groups() -> None:
    data = with_content(dataset([(i % 2, 6, "") for i in range(4)]), [0, 1, 0, 1])
    with pytest.raises(NotEnoughData, match="there are 2, apart from 2 copies"):
        split_dataset(data, SplitSettings())


def test_recordings_without_any_change_are_no_copies() -> None:
    split = split_dataset(dataset([(i % 2, 6, "") for i in range(8)]), SplitSettings())
    assert not any("copies" in message for message in split.messages)
