"""What is shown before anything is trained agrees with what training does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from workbench.dataset.build import build_dataset
from workbench.dataset.settings import SplitSettings, TargetSettings
from workbench.dataset.split import PARTS, split_dataset
from workbench.errors import BadSetting, NotEnoughData
from workbench.features.settings import FeatureSettings
from workbench.jobs import QuietJob
from workbench.operations.preview import (
    preview_architecture,
    preview_features,
    preview_windows,
    preview_windows_of,
)
from workbench.project import Channel, Project
from workbench.training.settings import TrainingSettings


def test_windows_per_part_group_and_class(wave_project: Path) -> None:
    with Project.open(wave_project) as project:
        preview = preview_windows(project).value
        split = split_dataset(build_dataset(project), SplitSettings(by="person"))
    assert preview.classes == ("fast", "slow", "still")
    assert (preview.windows, preview.input_shape) == (198, (50, 2))
    assert (preview.window_s, preview.stride_s) == (1.0, 0.5)
    assert sum(part.windows for part in preview.parts.values()) == 198
    for part in PARTS:
        shown = preview.parts[part]
        assert shown.windows == len(getattr(split, part)) == sum(shown.per_class.values())
        assert shown.groups == split.groups[part]
        assert len(set(shown.per_class.values())) == 1
    assert preview_windows_of(wave_project, job=QuietJob()).value == preview


def test_one_window_and_its_features(wave_project: Path) -> None:
    with Project.open(wave_project) as project, project.step("settings"):
        project.save_settings(FeatureSettings(block="spectrum", spectrum_bins=8))
    with Project.open(wave_project) as project:
        found = preview_features(project, 1, start=280).value
        assert found.start == 250  # moved back to the last whole window
        np.testing.assert_array_equal(found.window, project.samples(project.recording(1), 250, 300))
        assert found.features.shape == (8, 2)
        assert len(found.names) == 8
        assert (found.channels, found.units, found.rate_hz) == (("x", "y"), ("g", "g"), 50.0)


def test_a_sensor_that_is_replaced_is_not_shown_as_input(wave_project: Path) -> None:
    with Project.open(wave_project) as project, project.step("settings"):
        project.save_settings(TargetSettings(task="regression", source="channel", channel="x"))
    with Project.open(wave_project) as project:
        assert preview_features(project, 1).value.channels == ("y",)


def test_recordings_that_give_no_window_say_why(wave_project: Path, add: Callable[..., int]) -> None:
    with Project.open(wave_project) as project:
        with project.step("odd"):
            short = add(project, np.zeros((20, 2)))
            other = add(project, np.zeros((100, 3)), channels=(Channel("a"), Channel("b"), Channel("c")))
        with pytest.raises(NotEnoughData, match="has 20 rows, a window 50"):
            preview_features(project, short)
        with pytest.raises(BadSetting, match="other channels"):
            preview_features(project, other)


def test_the_network_before_training(wave_project: Path) -> None:
    with Project.open(wave_project) as project, project.step("settings"):
        project.save_settings(TrainingSettings(layers=1, width=4))
    with Project.open(wave_project) as project:
        layers = preview_architecture(project).value
    assert layers[0].output_shape == (1, 50, 2)
    assert layers[-1].output_shape == (3,)
    assert [layer.kind for layer in layers[1:4]] == ["Conv2D", "BatchNormalization", "ReLU"]


def test_nothing_there_to_show(empty_project: Project) -> None:
    for preview in (preview_windows, preview_architecture):
        with pytest.raises(NotEnoughData, match="no recordings"):
            preview(empty_project)
