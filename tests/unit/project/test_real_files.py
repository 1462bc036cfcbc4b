"""Recordings of other people, as they are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from workbench.project.importers import ImportOptions, read_any


def test_exercises_truncated_empty_and_labelled_twice(shared: Path) -> None:
    options = ImportOptions(rate_hz=100.0, label_from="name", unit="LSB")
    imported = read_any(shared / "data" / "exercise_m5stick", options)
    assert len(imported.recordings) == 133  # of 134: one has 0 bytes
    cut = [one for one in imported.recordings if "truncated" in one.notes]
    assert all(len(one.samples) < 1000 for one in cut)
    assert all(len(one.samples) == 1000 for one in imported.recordings if one not in cut)
    # The export has 66 rows for 59 files (some were uploaded twice); 12 files contradict their name.
    assert sum("file of labels" in problem for problem in imported.problems) == 12
    assert sum("truncated" in problem for problem in imported.problems) == len(cut) == 13
    assert sum("0 bytes" in problem for problem in imported.problems) == 1
    labels = Counter(one.label for one in imported.recordings)
    assert set(labels) == {"other", "squat", "lunge", "jumpingjack", "mixed"}
    assert labels["mixed"] == 9


def test_keywords_and_their_bent_originals(shared: Path) -> None:
    imported = read_any(shared / "data" / "custom_keywords")
    assert imported.problems == []
    assert len(imported.recordings) == 300
    originals = [one for one in imported.recordings if one.label == "original_quirks"]
    assert {one.rate_hz for one in originals} == {44100.0, 48000.0}
    assert all(0.01 < np.abs(one.samples).max() <= 1 for one in originals)
    assert all(one.rate_hz == 16000 for one in imported.recordings if one not in originals)


def test_the_fan_without_header(shared: Path) -> None:
    imported = read_any(shared / "data" / "fan_vibration" / "fan_0_low_0_weight", ImportOptions(rate_hz=200.0))
    assert imported.problems == []
    assert len(imported.recordings) == 150
    for one in imported.recordings:
        assert (one.samples.shape, one.notes, one.label) == ((200, 3), "", "fan_0_low_0_weight")
    first = imported.recordings[0]
    expected = np.loadtxt(first.source, delimiter=",")
    np.testing.assert_allclose(first.samples, expected, rtol=1e-6)


def test_pictures_in_folders(shared: Path) -> None:
    imported = read_any(shared / "data" / "fashion_small")
    assert imported.problems == []
    assert Counter(one.label for one in imported.recordings).most_common()[-1][1] == 80
    assert all(one.samples.shape == (28, 28, 1) for one in imported.recordings)


def test_acquisition_files_with_their_labels(shared: Path) -> None:
    imported = read_any(shared / "data" / "motion_nicla_ei", ImportOptions(label_from="none"))
    assert imported.problems == []
    labels = Counter(one.label for one in imported.recordings)
    assert labels == {"Idle": 12, "Lift": 12, "Maritime": 12, "Terrestrial": 12, "testing": 6}
    assert {one.rate_hz for one in imported.recordings} == {59.0}


@pytest.mark.parametrize(
    ("name", "rate_hz", "shape"),
    [
        ("real/imu_time_header_50hz.csv", 50.0, (2080, 6)),
        ("real/piezo_val_ms_adc.log", 98.388, (1185, 1)),
    ],
)
def test_time_columns_of_real_logs(shared: Path, name: str, rate_hz: float, shape: tuple[int, int]) -> None:
    (one,) = read_any(shared / "data" / "serial_fixtures" / name).recordings
    assert one.rate_hz == pytest.approx(rate_hz, rel=1e-3)
    assert one.samples.shape == shape


def test_gestures_between_blank_lines(shared: Path) -> None:
    path = shared / "data" / "serial_fixtures" / "derived" / "arduino_gesture_header_blank_between.csv"
    imported = read_any(path, ImportOptions(rate_hz=119.0))
    assert imported.problems == []
    assert [one.samples.shape for one in imported.recordings] == [(119, 6)] * len(imported.recordings)
    assert len(imported.recordings) >= 2
