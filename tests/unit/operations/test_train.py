"""Training a project from its folder."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench import jobs
from workbench.dataset.settings import SplitSettings, TargetSettings, WindowSettings
from workbench.errors import BadSetting, NotEnoughData, NotPossible, NotSupported
from workbench.features.settings import FeatureSettings
from workbench.jobs import QuietJob
from workbench.operations.outcome import Topic
from workbench.operations.train import train
from workbench.project import Project
from workbench.training.settings import TrainingSettings

QUICK = TrainingSettings(width=4, layers=2, epochs=12, batch_size=16, learning_rate=0.01)


def save(folder: Path, *settings: Any) -> None:
    with Project.open(folder) as project, project.step("settings"):
        for one in settings:
            project.save_settings(one)


def test_a_run_says_everything_about_itself(wave_project: Path) -> None:
    outcome = train(wave_project, QUICK, job=QuietJob())
    assert outcome.changed == {Topic.RUNS, Topic.VARIANTS}
    with Project.open(wave_project) as project:
        run = project.run(outcome.value)
        assert run.classes == ("fast", "slow", "still")
        assert (run.task, run.input_shape) == ("classification", (1, 50, 2))
        assert run.evaluation["accuracy"] >= 0.9
        assert run.evaluation["split"] == "validation"
        assert run.evaluation["runtime"]
        assert run.split["by"] == "person"
        assert run.split["train"] + run.split["validation"] + run.split["test"] == 6 * 3 * 11
        assert run.settings["TrainingSettings"]["epochs"] == 12
        assert run.settings["WindowSettings"] == {"length_s": 1.0, "stride_s": 0.5}
        assert run.features["window_rows"] == 50
        assert len(run.history["val_loss"]) <= 12
        assert project.path(run.model_file).is_file()
        (variant,) = project.variants(run.id)
        assert (variant.name, variant.quantization, variant.current) == ("float32", "float32", True)
        assert variant.evaluation["accuracy"] == pytest.approx(run.evaluation["accuracy"])
        assert "LiteRT" in variant.evaluation["runtime"]
        assert variant.test is None
        assert variant.runs_on_boards


def test_it_runs_in_a_child_process_with_live_epochs(wave_project: Path) -> None:
    events: list[Any] = []
    outcome = jobs.run("workbench.operations.train:train", wave_project, QUICK, on_event=events.append)
    epochs = [event.values for event in events if isinstance(event, jobs.Report) and event.kind == "epoch"]
    assert [values["epoch"] for values in epochs] == list(range(1, len(epochs) + 1))
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(epochs[0])
    fractions = [event.fraction for event in events if isinstance(event, jobs.Progress)]
    assert fractions == sorted(fractions)
    with Project.open(wave_project) as project:
        assert project.run(outcome.value).history["loss"] == [values["loss"] for values in epochs]


@pytest.mark.parametrize(
    ("features", "training"),
    [
        (FeatureSettings(block="spectrum", spectrum_bins=8), QUICK),
        (FeatureSettings(block="statistics"), dataclasses.replace(QUICK, architecture="dense")),
    ],
)
def test_other_features_learn_too(wave_project: Path, features: FeatureSettings, training: TrainingSettings) -> None:
    save(wave_project, features, training)
    run_id = train(wave_project, job=QuietJob()).value
    with Project.open(wave_project) as project:
        run = project.run(run_id)
        assert run.evaluation["accuracy"] >= 0.9
        assert run.title == f"{training.architecture}, {features.block} features"


def test_a_forecast_is_judged_in_its_own_unit(wave_project: Path) -> None:
    target = TargetSettings(task="regression", source="channel", channel="x", horizon_rows=2)
    save(wave_project, target)
    run_id = train(wave_project, dataclasses.replace(QUICK, architecture="dense", epochs=15), job=QuietJob()).value
    with Project.open(wave_project) as project:
        run = project.run(run_id)
        assert (run.task, run.target_unit, run.classes) == ("regression", "g", ())
        assert run.evaluation["unit"] == "g"
        assert run.evaluation["r2"] > 0.6
        assert run.evaluation["mae"] < 0.35
        (variant,) = project.variants(run.id)
        assert variant.evaluation["mae"] == pytest.approx(run.evaluation["mae"], rel=1e-3)
        pairs = np.array(run.evaluation["residuals"])
        assert np.abs(pairs[:, 1] - pairs[:, 0]).mean() == pytest.approx(run.evaluation["mae"], rel=1e-5)


@pytest.mark.nightly
def test_the_same_seed_gives_the_same_model(wave_project: Path) -> None:
    short = dataclasses.replace(QUICK, epochs=2)
    runs = [train(wave_project, short, job=QuietJob()).value for _ in range(2)]
    with Project.open(wave_project) as project:
        first, second = (project.run(run) for run in runs)
        assert first.history == second.history
        files = [project.path(project.variants(run)[0].model_file).read_bytes() for run in runs]
    assert files[0] == files[1]


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (FeatureSettings(block="statistics"), NotSupported, "Choose the dense architecture"),
        (WindowSettings(length_s=100.0), NotEnoughData, "Choose a shorter window"),
        (SplitSettings(by="weekday"), NotEnoughData, "'weekday'"),
        (TargetSettings(task="regression"), BadSetting, "labels that are numbers"),
    ],
)
def test_what_cannot_be_trained_says_so_and_changes_nothing(
    wave_project: Path, settings: Any, error: type[Exception], message: str
) -> None:
    save(wave_project, settings)
    with pytest.raises(error, match=message):
        train(wave_project, QUICK, job=QuietJob())
    with Project.open(wave_project) as project:
        assert project.runs() == []
        assert project.variants() == []


def test_one_class_is_not_enough(wave_project: Path) -> None:
    with Project.open(wave_project) as project, project.step("relabel"):
        for recording in project.recordings():
            project.update_recording(recording.id, label="all")
    with pytest.raises(NotEnoughData, match="only one class, 'all'"):
        train(wave_project, QUICK, job=QuietJob())


def test_a_setting_out_of_bounds_is_refused_before_any_work(wave_project: Path) -> None:
    with pytest.raises(BadSetting, match="Epochs"):
        train(wave_project, dataclasses.replace(QUICK, epochs=0), job=QuietJob())


def test_a_read_only_sample_is_refused_at_once(samples: Path) -> None:
    with pytest.raises(NotPossible, match="read-only"):
        train(samples / "shoulder_exercises", job=QuietJob())


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "key", "best"),
    [("fan_simulated", "accuracy", 0.85), ("fashion_pictures", "accuracy", 0.78), ("seattle_temperature", "mae", 1.0)],
)
def test_the_sample_projects_train_out_of_the_box(
    samples: Path, tmp_path: Path, name: str, key: str, best: float
) -> None:
    folder = shutil.copytree(samples / name, tmp_path / name)
    run_id = jobs.run("workbench.operations.train:train", folder).value
    with Project.open(folder) as project:
        value = project.run(run_id).evaluation[key]
    assert value >= best if key == "accuracy" else value <= best
