"""Variants of a trained model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from workbench.compression.recipe import Recipe
from workbench.dataset.settings import TargetSettings
from workbench.errors import BadModel, BadSetting, NotPossible
from workbench.jobs import QuietJob
from workbench.operations.choose_variant import choose_variant
from workbench.operations.compress import compress
from workbench.operations.outcome import Topic
from workbench.operations.train import train
from workbench.project import Channel, Project
from workbench.training.settings import TrainingSettings


@pytest.mark.parametrize(
    ("recipe", "name", "on_boards"),
    [
        (Recipe(), "int8", True),
        (Recipe(sparsity=0.5, fine_tune_epochs=2), "int8, 50 % sparse", True),
        (Recipe(quantization="float16"), "float16", False),
        (Recipe(quantization="dynamic_range"), "dynamic range", False),
    ],
)
def test_a_recipe_makes_a_judged_variant(trained: Path, recipe: Recipe, name: str, on_boards: bool) -> None:
    outcome = compress(trained, recipe, job=QuietJob())
    assert outcome.changed == {Topic.VARIANTS}
    with Project.open(trained) as project:
        base, variant = project.variant(1), project.variant(outcome.value)
        assert (variant.name, variant.quantization, variant.runs_on_boards) == (name, recipe.quantization, on_boards)
        assert variant.current and not base.current
        assert variant.file_bytes == project.path(variant.model_file).stat().st_size
        assert variant.evaluation["accuracy"] >= base.evaluation["accuracy"] - 0.1
        assert variant.evaluation["count"] == base.evaluation["count"]
        assert variant.sparsity >= recipe.sparsity - 0.02
        assert variant.recipe["quantization"] == recipe.quantization
        assert project.undo_title != "Compress"  # undo is for recordings, segments and settings


def test_the_projects_own_recipe_is_the_default(trained: Path) -> None:
    with Project.open(trained) as project, project.step("settings"):
        project.save_settings(Recipe(quantization="float16"))
    variant_id = compress(trained, job=QuietJob()).value
    with Project.open(trained) as project:
        assert project.variant(variant_id).quantization == "float16"


def test_recordings_that_came_later_do_not_leak_into_the_judgement(trained: Path, add: Callable[..., int]) -> None:
    with Project.open(trained) as project, project.step("more"):
        rng = np.random.default_rng(1)
        for person in ("p0", "new"):
            add(project, rng.normal(0, 1, (300, 2)), label="slow", metadata={"person": person})
        add(project, rng.normal(0, 1, (300, 2)), label="unheard of", metadata={"person": "p1"})
    variant_id = compress(trained, Recipe(), job=QuietJob()).value
    with Project.open(trained) as project:
        run, variant = project.latest_run(), project.variant(variant_id)
        assert run is not None
        assert variant.evaluation["classes"] == list(run.classes)
        groups = run.split["groups"]
        extra = 11 * ("p0" in groups["validation"])
        assert variant.evaluation["count"] == run.split["validation"] + extra


def test_a_larger_import_of_something_else_leaves_the_model_usable(trained: Path, add: Callable[..., int]) -> None:
    with Project.open(trained) as project, project.step("something else"):
        add(project, np.zeros((100_000, 1)), label="slow", channels=(Channel("z"),), metadata={"person": "p0"})
    variant_id = compress(trained, Recipe(quantization="float16"), job=QuietJob()).value
    with Project.open(trained) as project:
        run = project.latest_run()
        assert run is not None
        assert project.variant(variant_id).evaluation["count"] == run.split["validation"]


def test_another_channel_set_means_training_again(trained: Path, add: Callable[..., int]) -> None:
    with Project.open(trained) as project, project.step("replace"):
        project.remove_recordings([recording.id for recording in project.recordings()])
        add(project, np.zeros((300, 1)), label="slow", channels=(Channel("z"),), metadata={"person": "p0"})
    with pytest.raises(NotPossible, match="Train again"):
        compress(trained, Recipe(), job=QuietJob())


def test_nothing_trained_nothing_compressed(wave_project: Path) -> None:
    with pytest.raises(NotPossible, match="Train one first"):
        compress(wave_project, Recipe(), job=QuietJob())


def test_a_damaged_model_file_is_one_message(trained: Path) -> None:
    with Project.open(trained) as project:
        run = project.latest_run()
        assert run is not None
        project.path(run.model_file).write_bytes(b"PK broken")
    with pytest.raises(BadModel, match="Train again"):
        compress(trained, Recipe(sparsity=0.5), job=QuietJob())
    with Project.open(trained) as project:
        assert len(project.variants()) == 2


def test_a_recipe_out_of_bounds_is_refused(trained: Path) -> None:
    with pytest.raises(BadSetting, match="Sparsity"):
        compress(trained, Recipe(sparsity=1.5), job=QuietJob())


def test_any_variant_can_be_made_current(trained: Path) -> None:
    with Project.open(trained) as project:
        assert choose_variant(project, 1).changed == {Topic.VARIANTS}
        current = project.current_variant()
        assert current is not None and current.id == 1
        with pytest.raises(BadSetting, match="no variant 99"):
            choose_variant(project, 99)


def test_a_sparse_regression_still_speaks_the_unit_of_its_labels(wave_project: Path) -> None:
    with Project.open(wave_project) as project, project.step("settings"):
        project.save_settings(TargetSettings(task="regression", source="channel", channel="x", horizon_rows=2))
    train(wave_project, TrainingSettings(architecture="dense", layers=2, epochs=15, learning_rate=0.01), job=QuietJob())
    compress(wave_project, Recipe(sparsity=0.5, fine_tune_epochs=4), job=QuietJob())
    with Project.open(wave_project) as project:
        base, variant = project.variants()
        assert variant.evaluation["unit"] == "g"
        assert variant.evaluation["mae"] < base.evaluation["mae"] + 0.1
