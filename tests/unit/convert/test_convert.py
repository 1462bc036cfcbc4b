"""Keras models to .tflite files of every kind, and running them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.convert.convert import Quantization, convert
from workbench.convert.run import run_tflite
from workbench.errors import BadModel, NotEnoughData
from workbench.graph.read import read_graph
from workbench.training.fit import predict
from workbench.training.keras_model import build_model, load_model, model_bytes, scale_output
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import model_input_shape, network

SHAPES = {"series": (40, 3), "picture": (16, 12, 1)}


def made(form: str, task: str = "classification", architecture: str = "convolutional") -> Any:
    settings = TrainingSettings(width=4, layers=2, architecture=architecture)
    return build_model(network(settings, SHAPES[form], 3, task), model_input_shape(SHAPES[form]), seed=1)


def inputs(form: str, count: int = 30) -> np.ndarray:
    shape = model_input_shape(SHAPES[form])
    return np.random.default_rng(2).normal(0, 1, (count, *shape)).astype(np.float32)


@pytest.mark.parametrize(
    ("form", "kind"), [("picture", Quantization.INT8), *(("series", kind) for kind in Quantization)]
)
def test_every_kind_answers_like_the_model(form: str, kind: Quantization) -> None:
    model, x = made(form), inputs(form)
    tflite = convert(model, x, kind)
    answers = run_tflite(tflite, x)
    expected = predict(lambda batch: model(batch, training=False), x)
    assert answers.shape == (30, 3)
    assert answers.dtype == np.float32
    np.testing.assert_allclose(answers, expected, atol={"float32": 1e-5}.get(kind.value, 0.03))


def test_int8_is_int8_from_end_to_end_and_takes_one_window() -> None:
    graph = read_graph(convert(made("series"), inputs("series"), Quantization.INT8))
    assert graph.main.input_tensors[0].dtype == graph.main.output_tensors[0].dtype == "int8"
    assert graph.main.input_tensors[0].shape == (1, 1, 40, 3)
    assert not any(tensor.dtype.startswith("float") for tensor in graph.main.tensors)
    names = {operator.name for operator in graph.main.operators}
    assert names <= {"CONV_2D", "MAX_POOL_2D", "AVERAGE_POOL_2D", "RESHAPE", "FULLY_CONNECTED", "SOFTMAX"}


def test_int8_regression_answers_in_the_unit_of_the_labels() -> None:
    model, x = made("series", "regression", "dense"), inputs("series")
    scale_output(model, 40.0, 1000.0)  # values around 1000
    tflite = convert(model, x, Quantization.INT8)
    answers = run_tflite(tflite, x)
    expected = predict(lambda batch: model(batch, training=False), x)
    step = read_graph(tflite).main.output_tensors[0].quantization.scales[0]
    assert np.abs(answers - expected).max() < max(4 * step, 0.1 * np.ptp(expected))


def test_the_same_model_converts_to_the_same_bytes() -> None:
    model, x = made("series"), inputs("series")
    assert convert(model, x, Quantization.INT8) == convert(model, x, Quantization.INT8)


def test_only_what_microcontroller_runtimes_take_runs_on_boards() -> None:
    assert [kind.value for kind in Quantization if kind.runs_on_boards] == [
        "float32",
        "int8",
        "int8_float_io",
        "int16x8",
    ]


def test_int8_needs_windows_to_calibrate_with() -> None:
    with pytest.raises(NotEnoughData, match="training windows"):
        convert(made("series"), inputs("series", 0), Quantization.INT8)


def test_a_saved_model_comes_back_and_a_damaged_one_is_one_message(tmp_path: Any) -> None:
    path = tmp_path / "model.keras"
    model, x = made("series"), inputs("series")
    path.write_bytes(model_bytes(model))
    again = load_model(path)
    np.testing.assert_array_equal(again(x), model(x))
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(BadModel, match="Train again"):
        load_model(path)


def test_code_in_a_model_file_is_refused(tmp_path: Any) -> None:
    import tf_keras

    path = tmp_path / "model.keras"
    hostile = tf_keras.Sequential([tf_keras.layers.Lambda(lambda x: x + 1, input_shape=(3,))])
    hostile.save(path)
    with pytest.raises(BadModel, match="Train again"):
        load_model(path)


@pytest.mark.parametrize("damage", [b"", b"no model", b"\x20\x00\x00\x00TFL3" + bytes(200)])
def test_a_damaged_tflite_is_one_message(damage: bytes) -> None:
    with pytest.raises(BadModel, match="cannot be run"):
        run_tflite(damage, inputs("series"))


def test_inputs_of_another_shape_are_one_message() -> None:
    tflite = convert(made("series"), inputs("series"), Quantization.FLOAT32)
    with pytest.raises(BadModel, match=r"takes \(1, 1, 40, 3\), not \(1, 16, 12, 1\)"):
        run_tflite(tflite, inputs("picture"))
