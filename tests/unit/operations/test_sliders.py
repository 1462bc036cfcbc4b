"""What a slider shows is what the variant would be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workbench.boards import find_board
from workbench.compression.instant.layer_views import REMOVED, ZERO
from workbench.compression.recipe import Recipe
from workbench.errors import BadSetting, NotSupported
from workbench.jobs import Cancelled, QuietJob
from workbench.operations.compress import compress, keep_compressed
from workbench.operations.fit_figures import fit_figures, fit_inputs
from workbench.operations.instant_base import base_file
from workbench.operations.sliders import SliderData, Sliders, read_slider_data
from workbench.project.store import Project

JOB = QuietJob()
BOARD = find_board("nano33ble_sense")


@pytest.fixture(scope="module")
def data(_compressed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> SliderData:
    folder = shutil.copytree(_compressed_once, tmp_path_factory.mktemp("sliders") / "waves")
    return read_slider_data(folder, 1, job=JOB)


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(sparsity=0.6, channels=0.3, clusters=12, fine_tune_epochs=0),
        Recipe(calibration="percentile", percentile=99.0, calibration_windows=50, quantization="int8_float_io"),
    ],
    ids=lambda recipe: recipe.name,
)
def test_a_slider_shows_the_figures_of_the_variant(trained: Path, data: SliderData, recipe: Recipe) -> None:
    """Made the slow way: by the converter, from a Keras model that was changed as the recipe says."""
    base_file_of(trained).unlink()
    made = compress(trained, recipe, job=JOB)
    sliders = Sliders(data)
    with Project.open(trained) as project:
        variant = project.variant(made.value)
        tried = sliders.try_recipe(recipe, fit_inputs(project, variant, BOARD))
        figures = fit_figures(project, variant, BOARD)
    sliders.close()
    shown = tried.figures
    assert shown is not None
    for name in ("flash", "ram", "latency", "energy"):
        assert getattr(shown, name).value == getattr(figures, name).value, name
    assert len(tried.compressed.tflite) == variant.file_bytes
    # A weight exactly between two steps may fall to the other side with an activation's scale an ulp away.
    assert shown.accuracy.value == pytest.approx(figures.accuracy.value, abs=1.5 / tried.compressed.evaluation.count)
    assert tried.compressed.sparsity == pytest.approx(variant.sparsity, abs=1e-3)


def base_file_of(folder: Path) -> Path:
    with Project.open(folder) as project:
        return base_file(project, project.run(1))


def test_training_leaves_what_the_sliders_need_and_an_older_run_gets_it(trained: Path) -> None:
    file = base_file_of(trained)
    before = file.read_bytes()
    file.write_bytes(b"not that")
    read_slider_data(trained, 1, job=JOB)
    assert file.read_bytes() == before


def test_what_was_tried_is_kept_as_a_variant(trained: Path, data: SliderData) -> None:
    sliders = Sliders(data)
    recipe = Recipe(sparsity=0.5, fine_tune_epochs=0)
    tried = sliders.try_recipe(recipe)
    sliders.close()
    with Project.open(trained) as project:
        kept = project.variant(keep_compressed(project, 1, recipe, tried.compressed).value)
        assert kept.current
        assert kept.name == "int8, 50 % sparse, not fine-tuned"
        assert project.path(kept.model_file).read_bytes() == tried.compressed.tflite
    assert compress(trained, recipe, job=JOB).value == kept.id + 1
    with Project.open(trained) as project:
        again = project.variant(kept.id + 1)
        assert project.path(again.model_file).read_bytes() == tried.compressed.tflite


def test_layers_show_zeros_and_what_was_removed(data: SliderData) -> None:
    sliders = Sliders(data)
    whole, cut = sliders.try_recipe(Recipe()), sliders.try_recipe(Recipe(sparsity=0.5, channels=0.5))
    name = whole.layers[0].name
    exempt = sliders.try_recipe(Recipe(sparsity=0.5, exempt=(name,)))
    sliders.close()
    assert [layer.name for layer in cut.layers] == list(data.base.names.values())
    first = cut.layers[0]
    assert (first.zero_map == REMOVED).mean() == pytest.approx(0.5, abs=0.1)
    assert (first.zero_map == ZERO).sum() == first.zeros
    assert first.counts.sum() == first.weights
    assert first.sqnr_db < whole.layers[0].sqnr_db
    assert exempt.layers[0].zeros == whole.layers[0].zeros
    assert exempt.layers[-1].zeros > whole.layers[-1].zeros


def test_a_recipe_that_is_not_wanted_any_more_stops(data: SliderData) -> None:
    sliders = Sliders(data)
    with pytest.raises(Cancelled):
        sliders.try_recipe(Recipe(sparsity=0.5), wanted=lambda: False)
    with pytest.raises(NotSupported, match="takes a conversion"):
        sliders.try_recipe(Recipe(quantization="int16x8"))
    with pytest.raises(BadSetting, match="no layer 'nose'"):
        sliders.try_recipe(Recipe(exempt=("nose",)))
    sliders.close()
