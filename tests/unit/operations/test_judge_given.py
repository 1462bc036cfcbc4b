"""A model from elsewhere, judged by the recordings of its project."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from types import ModuleType

import numpy as np
import pytest

from workbench.dataset.settings import WindowSettings
from workbench.errors import NotEnoughData, NotPossible, NotSupported
from workbench.figures import Source
from workbench.jobs import QuietJob
from workbench.operations.check import Limits, check_limits
from workbench.operations.fit_figures import accuracy_figure
from workbench.operations.judge_given import judge_given, judge_variant
from workbench.project import Project

ROWS, CHANNELS = 10, 2
MakeModel = Callable[..., bytes]


@pytest.fixture
def make_model(files: ModuleType) -> MakeModel:
    """A network whose class "high" (or the one output) grows with the sum of the window, "low" with its negative."""

    def make(classes: int = 2, rows: int = ROWS, scale: float = 0.02) -> bytes:
        signs = np.array([[1], [-1], [-1]], np.int8)[:classes]
        weights = np.repeat(signs * (-1 if classes == 1 else 1), rows * CHANNELS, axis=1)
        tensors = [
            files.T((1, rows, CHANNELS, 1), scales=(scale,)),
            files.T((classes, rows * CHANNELS), scales=(0.01,), constant=weights),
            files.T((1, classes), scales=(0.01,)),
            files.T((1, classes), scales=(1 / 256,), zero_point=-128),
        ]
        operators = [
            files.Op("FULLY_CONNECTED", [0, 1], [2], "FullyConnectedOptions"),
            files.Op("LOGISTIC", [2], [3]),
        ]
        model: bytes = files.build(files.G(tensors, operators, [0], [3]))
        return model

    return make


@pytest.fixture
def project(empty_project: Project, add: Callable[..., int], make_model: MakeModel) -> Iterator[Project]:
    """Recordings around 1 ("high") and -1 ("low"), one of them labelled wrongly, and the model as given."""
    with empty_project.step("fill"):
        for number, label in enumerate(["high", "low"] * 4):
            level = (1.0 if label == "high" else -1.0) * (-1 if number == 7 else 1)
            add(empty_project, np.full((3 * ROWS, CHANNELS), level), label=label)
        empty_project.save_settings(WindowSettings(length_s=ROWS / 50, stride_s=ROWS / 50))
        empty_project.add_variant(
            None, name="int8", recipe={}, model=make_model(), quantization="int8", sparsity=0.0, evaluation={},
            runs_on_boards=True,
        )  # fmt: skip
    yield empty_project


@pytest.mark.parametrize("classes", [2, 1])
def test_every_labelled_window_counts(project: Project, make_model: MakeModel, classes: int) -> None:
    found = judge_given(project, make_model(classes))
    assert (found.count, found.recordings, found.classes) == (24, 8, ("high", "low"))
    assert found.accuracy == 21 / 24
    assert found.confusion == ((12, 0), (3, 9))
    assert found.judged_on == "all labelled windows"


def test_what_was_found_is_kept_and_shown(project: Project) -> None:
    before = project.current_variant()
    assert before
    assert accuracy_figure(before).value is None
    judge_variant(project.folder, before.id, job=QuietJob())
    after = project.current_variant()
    assert after
    shown = accuracy_figure(after)
    assert (shown.value, shown.source) == (21 / 24, Source.EVALUATED)
    assert shown.note == "24 windows of 8 recordings, all labelled windows, 95 % interval"


def test_the_command_line_judges_it_in_passing(project: Project) -> None:
    for least, passes in ((0.875, True), (0.876, False)):
        check = check_limits(project.folder, "pico", Limits(min_accuracy=least), "c").checks[-1]
        assert (check.what, check.measured, check.kept) == ("accuracy on all labelled windows", 21 / 24, passes)


def test_recordings_that_do_not_fit_are_one_message(project: Project, make_model: MakeModel) -> None:
    with pytest.raises(NotSupported, match=r"takes 9 × 2 × 1 values, the recordings' windows have 10 × 2"):
        judge_given(project, make_model(rows=9))
    with pytest.raises(NotSupported, match=r"3 classes apart, the recordings have 2: high, low"):
        judge_given(project, make_model(classes=3))
    with pytest.raises(NotSupported, match=r"from -0\.128 to 0\.127, and 100\.0\W% of what is recorded lies outside"):
        judge_given(project, make_model(scale=0.001))
    with project.step("relabel"):
        project.save_settings(dataclasses.replace(project.settings(WindowSettings), length_s=5.0))
    with pytest.raises(NotEnoughData):
        judge_given(project, make_model())


def test_a_model_that_was_trained_here_has_its_split(project: Project, make_model: MakeModel) -> None:
    with project.step("Train"):
        run = project.add_run(
            title="", task="classification", classes=("a",), target_unit="", settings={}, input_shape=(1,),
            parameters=1, split={}, features={}, history={}, evaluation={}, model=b"",
        )  # fmt: skip
        variant = project.add_variant(
            run, name="int8", recipe={}, model=make_model(), quantization="int8", sparsity=0.0, evaluation={},
            runs_on_boards=True,
        )  # fmt: skip
    with pytest.raises(NotPossible, match="validation split"):
        judge_variant(project.folder, variant, job=QuietJob())
