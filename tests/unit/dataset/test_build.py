"""Recordings and labels to windows with targets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from workbench.dataset import series
from workbench.dataset.build import build_dataset, window_shape
from workbench.dataset.settings import TargetSettings, WindowSettings
from workbench.errors import BadSetting, NotEnoughData
from workbench.project import Channel, Project
from workbench.project.pictures import colour_channels, write_pictures

AddSeries = Callable[..., int]
SECOND = WindowSettings(length_s=1.0, stride_s=0.5)


def ramp(rows: int = 150) -> np.ndarray:
    """Two channels that say their row: t and -t."""
    t = np.arange(rows, dtype=np.float32)
    return np.stack([t, -t], axis=1)


def test_windows_are_the_samples_they_say_they_are(empty_project: Project, add: AddSeries) -> None:
    with empty_project.step("fill"):
        first = add(empty_project, ramp(), label="a", metadata={"who": "me"})
        second = add(empty_project, ramp(75), label="b")
    found = build_dataset(empty_project, SECOND)
    assert found.windows.dtype == np.float32
    assert found.input_shape == window_shape_of(empty_project, SECOND) == (50, 2)
    assert found.recording_ids.tolist() == [first] * 5 + [second] * 2
    assert found.starts.tolist() == [0, 25, 50, 75, 100, 0, 25]
    for window, start in zip(found.windows, found.starts, strict=True):
        np.testing.assert_array_equal(window, ramp()[start : start + 50])
    assert found.classes == ("a", "b")
    assert found.targets.tolist() == [0] * 5 + [1] * 2
    assert found.metadata[first] == {"who": "me"}
    assert (found.rate_hz, found.stride_rows, found.channels, found.units) == (50.0, 25, ("x", "y"), ("g", "g"))
    assert found.messages == ()


def window_shape_of(project: Project, settings: WindowSettings) -> tuple[int, ...]:
    with project.step("settings"):
        project.save_settings(settings)
    return window_shape(project)


def test_segments_label_windows_and_the_unlabelled_are_counted(empty_project: Project, add: AddSeries) -> None:
    with empty_project.step("fill"):
        recording = add(empty_project, ramp())
        empty_project.add_segment(recording, 0, 60, "up")
        empty_project.add_segment(recording, 100, 150, "down")
    found = build_dataset(empty_project, SECOND)
    assert [found.classes[k] for k in found.targets] == ["up", "up", "down", "down"]
    assert found.starts.tolist() == [0, 25, 75, 100]
    assert found.messages == ("1 of 5 windows have no label and are left out.",)


def test_recordings_unlike_the_majority_are_left_out_and_counted(empty_project: Project, add: AddSeries) -> None:
    with empty_project.step("fill"):
        kept = add(empty_project, ramp(200), label="a")
        add(empty_project, ramp(100), label="a", rate_hz=49.5)  # within the tolerance of two clocks
        add(empty_project, ramp(100), label="b", rate_hz=100.0)
        add(empty_project, ramp(150), label="c", channels=(Channel("p"), Channel("q")))
        add(empty_project, ramp(10), label="d")
    found = build_dataset(empty_project, SECOND)
    assert found.classes == ("a",)
    assert kept in found.recording_ids
    assert len(found.messages) == 3
    assert "1 of 5 recordings have other channels" in found.messages[0]
    assert "1 of 4 recordings are not sampled at 50 Hz" in found.messages[1]
    assert "1 of 3 recordings are too short for a window of 1 s" in found.messages[2]


def test_a_forecast_sees_the_past_of_its_own_channel(empty_project: Project, add: AddSeries) -> None:
    with empty_project.step("fill"):
        add(empty_project, ramp(), channels=(Channel("t", "°C"), Channel("u", "%")))
    target = TargetSettings(task="regression", source="channel", channel="t", horizon_rows=10)
    found = build_dataset(empty_project, SECOND, target)
    assert found.channels == ("t", "u")
    assert found.target_unit == "°C"
    assert found.targets.tolist() == [59.0, 84.0, 109.0, 134.0]  # ten rows after the window's last
    assert found.targets.dtype == np.float32


def test_a_sensor_that_is_replaced_is_not_its_own_input(empty_project: Project, add: AddSeries) -> None:
    with empty_project.step("fill"):
        add(empty_project, ramp())
    target = TargetSettings(task="regression", source="channel", channel="x", unit="mm")
    found = build_dataset(empty_project, SECOND, target)
    assert found.channels == ("y",)
    assert found.windows.shape[1:] == (50, 1)
    assert found.targets.tolist() == [49.0, 74.0, 99.0, 124.0, 149.0]
    assert found.target_unit == "mm"


def test_a_forecast_does_not_look_across_a_gap(empty_project: Project, add: AddSeries) -> None:
    values = ramp()
    values[90] = np.nan
    with empty_project.step("fill"):
        add(empty_project, values)
    target = TargetSettings(task="regression", source="channel", channel="x", horizon_rows=20)
    found = build_dataset(empty_project, SECOND, target)
    assert found.starts.tolist() == [0]
    assert found.targets.tolist() == [69.0]


def test_regression_on_labels_that_are_numbers(empty_project: Project, add: AddSeries) -> None:
    with empty_project.step("fill"):
        add(empty_project, ramp(50), label="2,5")
        add(empty_project, ramp(50), label="-1e1")
    target = TargetSettings(task="regression", unit="kg")
    found = build_dataset(empty_project, SECOND, target)
    assert found.targets.tolist() == [2.5, -10.0]
    assert (found.classes, found.target_unit) == ((), "kg")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (TargetSettings(source="channel", channel="x"), "cannot be the target of a classification"),
        (TargetSettings(task="regression", source="channel", channel="z"), "Choose one of: x, y"),
        (TargetSettings(task="regression"), "'walk' is not"),
    ],
)
def test_targets_that_cannot_be(empty_project: Project, add: AddSeries, target: TargetSettings, message: str) -> None:
    with empty_project.step("fill"):
        add(empty_project, ramp(), label="walk")
    with pytest.raises(BadSetting, match=message):
        build_dataset(empty_project, SECOND, target)


def test_the_only_channel_cannot_replace_itself(empty_project: Project, add: AddSeries) -> None:
    with empty_project.step("fill"):
        add(empty_project, ramp()[:, :1], channels=(Channel("t"),))
    with pytest.raises(BadSetting, match="horizon of at least 1 row"):
        build_dataset(empty_project, SECOND, TargetSettings(task="regression", source="channel", channel="t"))


def test_too_little_is_said_with_numbers(empty_project: Project, add: AddSeries) -> None:
    with pytest.raises(NotEnoughData, match="no recordings"):
        build_dataset(empty_project)
    with empty_project.step("fill"):
        add(empty_project, ramp(30), label="a")
    with pytest.raises(NotEnoughData, match=r"None of 1 recordings is long enough for a window of 1 s \(50 rows\)"):
        build_dataset(empty_project, SECOND)
    with empty_project.step("fill"):
        empty_project.update_recording(1, label="")
    with pytest.raises(NotEnoughData, match="No window has a label"):
        build_dataset(empty_project, WindowSettings(length_s=0.2))


def test_more_than_memory_holds_is_refused_beforehand(
    empty_project: Project, add: AddSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "MOST_BYTES", 100_000)
    with empty_project.step("fill"):
        add(empty_project, ramp(2000), label="a")
    with pytest.raises(BadSetting, match="Choose a longer stride"):
        build_dataset(empty_project, WindowSettings(length_s=1.0, stride_s=0.02))


def test_pictures_are_windows(empty_project: Project) -> None:
    rng = np.random.default_rng(0)
    pixels = [rng.integers(0, 256, (8, 6, 3), dtype=np.uint8) for _ in range(4)]
    labels = ["cat", "dog", "", "cat"]
    with empty_project.step("fill"):
        file = empty_project.new_samples_file(keep_after_crash=False)
        write_pictures(empty_project.path(file), [(str(i), labels[i], pixels[i]) for i in range(4)])
        for row in (2, 0, 3, 1):
            empty_project.add_recording(
                name=str(row),
                kind="picture",
                channels=colour_channels(3),
                rate_hz=None,
                rows=1,
                file=file,
                first_row=row,
                shape=(8, 6, 3),
                label=labels[row],
            )
    found = build_dataset(empty_project)
    assert found.picture
    assert found.windows.dtype == np.float32
    np.testing.assert_array_equal(found.windows, [pixels[0], pixels[3], pixels[1]])
    assert [found.classes[k] for k in found.targets] == ["cat", "cat", "dog"]
    assert found.rate_hz is None
    assert found.messages == ("1 of 4 windows have no label and are left out.",)
    assert window_shape(empty_project) == (8, 6, 3)
    with pytest.raises(BadSetting, match="Pictures have no channel"):
        build_dataset(empty_project, target=TargetSettings(task="regression", source="channel", channel="red"))
