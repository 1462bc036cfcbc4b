"""Recipes answered at once: the converter's file and, to the bit, the device's outputs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from device_runtime import on_the_device

from workbench.compression.instant.base import Base, make_base
from workbench.compression.instant.edit import Edit, edited, weight_masks
from workbench.compression.instant.engine import InstantCompressor
from workbench.compression.instant.int8_network import Int8Network
from workbench.compression.instant.layer_views import BEST_DB
from workbench.compression.instant.quantize import calibrated
from workbench.compression.instant.ranges import activation_ranges
from workbench.compression.one_shot import one_shot
from workbench.compression.recipe import Recipe
from workbench.convert.convert import convert
from workbench.convert.run import run_tflite
from workbench.errors import BadModel
from workbench.graph.model import Tensor
from workbench.graph.read import read_graph
from workbench.graph.rewrite import Template, changed
from workbench.training.keras_model import build_model
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import model_input_shape, network

SHAPES = {"series": (40, 3), "picture": (16, 12, 1), "dense": (40, 3)}
FORMS = tuple(SHAPES)


def windows(form: str, count: int, seed: int) -> np.ndarray:
    shape = model_input_shape(SHAPES[form])
    return np.random.default_rng(seed).normal(0.2, 1.3, (count, *shape)).astype(np.float32)


@pytest.fixture(scope="module", params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def model(form: str) -> Any:
    settings = TrainingSettings(width=6, layers=2, architecture="dense" if form == "dense" else "convolutional")
    made = build_model(network(settings, SHAPES[form], 4, "classification"), model_input_shape(SHAPES[form]), seed=3)
    rng = np.random.default_rng(5)  # as after a training: no two channels alike
    made.set_weights(
        [w + np.abs(rng.normal(0, 0.3, w.shape)) * (1 if w.ndim == 1 else 0.3) for w in made.get_weights()]
    )
    return made


@pytest.fixture(scope="module")
def base(form: str, model: Any) -> Base:
    return make_base(model, windows(form, 40, 1))


@pytest.fixture(scope="module")
def compressor(form: str, base: Base) -> InstantCompressor:
    return InstantCompressor(base, windows(form, 40, 1), windows(form, 50, 2), ThreadPoolExecutor(2))


def test_many_windows_at_once_answer_as_the_device_does(form: str, base: Base) -> None:
    inputs = windows(form, 70, 4)
    answers = Int8Network(read_graph(base.int8)).answers(inputs)
    np.testing.assert_array_equal(answers, on_the_device(base.int8, inputs))


def test_on_the_way_every_layer_answers_as_on_the_device(form: str, base: Base) -> None:
    template, inputs = Template(base.int8), windows(form, 6, 4)
    found = list(Int8Network(template.graph).activations(inputs))
    layers = calibrated(template.graph)
    assert len(found) == len(layers) == len(base.names)
    for tensor, values in zip(layers, found, strict=True):
        wanted = on_the_device(template.file_with({}, outputs=(tensor,)), inputs)
        np.testing.assert_array_equal(values.reshape(len(inputs), -1), wanted.reshape(len(inputs), -1))


def test_noise_of_outputs_is_that_of_all_layers_so_far(compressor: InstantCompressor) -> None:
    def noise(recipe: Recipe) -> tuple[float, ...]:
        return compressor.activation_sqnr(recipe, compressor.answer(recipe).model)

    first, *others = compressor.base.names.values()
    whole, real = noise(Recipe()), noise(Recipe(quantization="float32"))
    assert all(20 < ratio < 60 for ratio in whole), "int8 with a range of its own for each layer"
    assert set(real) == {BEST_DB}
    pruned = noise(Recipe(sparsity=0.8, exempt=(first,), quantization="float32"))
    assert pruned[0] == BEST_DB, "nothing has changed so far"
    assert max(pruned[1:]) < min(whole)
    narrow = noise(Recipe(channels=0.5, exempt=tuple(others)))
    assert narrow[0] == pytest.approx(whole[0], abs=3), "of the channels that are left"
    assert narrow[-1] < whole[-1]


RECIPES = (
    Recipe(),
    Recipe(sparsity=0.9),
    Recipe(sparsity=0.5, sparsity_over="model", channels=0.4),
    Recipe(channels=0.3, clusters=8, quantization="int8_float_io"),
)


@pytest.mark.parametrize("number", [0, 1])
def test_the_file_is_what_the_converter_makes_of_the_changed_model(
    form: str, model: Any, compressor: InstantCompressor, number: int
) -> None:
    recipe = RECIPES[(FORMS.index(form) + 2 * number) % len(RECIPES)]  # each kind of network meets two of them
    slow = convert(one_shot(model, recipe), windows(form, 40, 1), recipe.kind)
    answer = compressor.answer(recipe)
    assert len(answer.model) == len(slow)
    for made, wanted in zip(answer.graph.main.tensors, read_graph(slow).main.tensors, strict=True):
        same_as_converted(made, wanted)
    step = max(tensor.quantization.scales[0] for tensor in answer.graph.main.tensors[-3:] if tensor.quantization)
    inputs = windows(form, 50, 2)
    np.testing.assert_array_equal(answer.outputs, on_the_device(answer.model, inputs))
    np.testing.assert_allclose(answer.outputs, on_the_device(slow, inputs), atol=1.01 * step)


def test_ranges_are_the_same_in_batches_and_window_by_window(form: str, base: Base) -> None:
    template = Template(base.float32)
    main, inputs = template.graph.main, windows(form, 45, 7)
    wanted = calibrated(template.graph)
    alone = {  # shapes that are made for one window
        operator.inputs[1]: changed(
            main.tensors[operator.inputs[1]], data=np.array(main.tensors[operator.outputs[0]].shape, "<i4").tobytes()
        )
        for operator in main.operators
        if operator.name == "RESHAPE"
    }
    found = []
    for changes in ({}, alone):
        with ThreadPoolExecutor(1) as threads:
            model = template.file_with(changes, outputs=wanted)
            found.append(activation_ranges(model, inputs, None, threads))
    together, apart = found
    assert tuple(together) == tuple(apart) == wanted
    np.testing.assert_allclose(list(together.values()), list(apart.values()), rtol=1e-6)
    first = main.tensors[wanted[0]]
    assert 0 <= together[first.index][0] < together[first.index][1]


def test_the_same_weights_go_as_tfmot_takes(model: Any) -> None:
    sparsity = 0.7
    pruned = one_shot(model, Recipe(sparsity=sparsity))
    masks = iter(tfmot_masks(model, sparsity))
    for before, after in zip(model.layers, pruned.layers, strict=True):
        if hasattr(before, "kernel"):
            np.testing.assert_array_equal(after.kernel, before.kernel * next(masks))


def same_as_converted(made: Tensor, wanted: Tensor) -> None:
    """The same bytes; only what follows from the calibrator's sums may differ in its last places."""
    assert (made.name, made.shape, made.dtype) == (wanted.name, wanted.shape, wanted.dtype)
    if made.quantization and wanted.quantization:
        assert made.quantization.zero_points == wanted.quantization.zero_points
        np.testing.assert_allclose(made.quantization.scales, wanted.quantization.scales, rtol=5e-7)
    if made.data and wanted.data and made.dtype == "int32":
        ours, theirs = (np.frombuffer(data, "<i4").astype(np.int64) for data in (made.data, wanted.data))
        np.testing.assert_allclose(ours, theirs, atol=1, rtol=5e-7)
    else:
        assert made.data == wanted.data


def tfmot_masks(model: Any, sparsity: float) -> list[np.ndarray]:
    """The masks of tensorflow-model-optimization's own magnitude pruning."""
    from tensorflow_model_optimization.python.core.sparsity.keras import pruning_impl, pruning_schedule

    schedule = pruning_schedule.ConstantSparsity(sparsity, begin_step=0)
    masks = []
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            pruning = pruning_impl.Pruning(lambda: 0, [], schedule, (1, 1), "AVG")
            _, mask = pruning._update_mask(layer.kernel)
            masks.append(np.asarray(mask))
    return masks


def test_removed_channels_are_as_if_they_had_answered_nothing(form: str, base: Base) -> None:
    """Taking filters out gives the float outputs of setting them and their biases to zero."""
    template = Template(base.float32)
    narrow = edited(template.graph, Edit(channels=0.4), base.ranks).tensors
    inputs = windows(form, 20, 6)
    answers = run_tflite(template.file_with(narrow), inputs)
    layers = [operator for operator in template.graph.main.operators if len(operator.inputs) == 3]
    silent = {}
    tensors = template.graph.main.tensors
    for operator in layers[:-1]:
        kept = narrow[operator.inputs[1]].shape[0]
        weight, bias = tensors[operator.inputs[1]], tensors[operator.inputs[2]]
        values = np.frombuffer(weight.data or b"", np.float32).reshape(weight.shape)
        biases = np.frombuffer(bias.data or b"", np.float32)
        stays = np.isin(biases, np.frombuffer(narrow[bias.index].data or b"", np.float32))
        assert stays.sum() == kept < len(biases)
        along = stays.reshape(-1, *[1] * (values.ndim - 1))
        silent[weight.index] = changed(weight, data=(values * along).astype(np.float32).tobytes())
        silent[bias.index] = changed(bias, data=(biases * stays).astype(np.float32).tobytes())
    np.testing.assert_allclose(answers, run_tflite(template.file_with(silent), inputs), atol=2e-6)


def test_a_narrow_model_is_smaller_and_answers_as_the_device_does(form: str, compressor: InstantCompressor) -> None:
    whole, narrow = compressor.answer(Recipe()), compressor.answer(Recipe(sparsity=0.3, channels=0.5))
    assert len(narrow.model) < len(whole.model)
    np.testing.assert_array_equal(narrow.outputs, on_the_device(narrow.model, windows(form, 50, 2)))
    assert read_graph(narrow.model).main == narrow.graph.main


def test_over_all_layers_together_the_share_is_as_asked(base: Base) -> None:
    masks = weight_masks(Edit(sparsity=0.7, everywhere=True), base.ranks)
    kept = sum(int(mask.sum()) for mask in masks.values())
    assert kept == pytest.approx(0.3 * sum(mask.size for mask in masks.values()), abs=1)


def test_exempt_layers_keep_all_weights(base: Base) -> None:
    first = next(iter(base.ranks))
    changes = edited(read_graph(base.float32), Edit(sparsity=0.5, exempt=frozenset({first})), base.ranks).tensors
    assert read_graph(base.float32).main.operators[first].inputs[1] not in changes


def test_a_template_is_itself_again_after_a_change(base: Base, compressor: InstantCompressor) -> None:
    before = compressor.answer(Recipe()).model
    compressor.answer(Recipe(channels=0.5))
    assert compressor.answer(Recipe()).model == before
    assert len(before) == len(base.int8)


def test_a_base_survives_being_stored(base: Base) -> None:
    again = Base.from_bytes(base.to_bytes())
    assert (again.float32, again.int8, again.int8_float_io) == (base.float32, base.int8, base.int8_float_io)
    assert again.names == base.names
    for layer, rank in base.ranks.items():
        np.testing.assert_array_equal(again.ranks[layer], rank)


def test_a_broken_base_is_one_message(base: Base) -> None:
    with pytest.raises(BadModel, match="cannot be read"):
        Base.from_bytes(base.to_bytes()[:300])
