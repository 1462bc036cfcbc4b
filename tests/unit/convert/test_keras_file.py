""".keras files from elsewhere: what is refused before Keras sees it, and what both Kerases read."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.compression.one_shot import zero_smallest
from workbench.convert.convert import Quantization
from workbench.convert.keras_file import check_keras_file, load_keras_file
from workbench.convert.keras_model import convert_model
from workbench.errors import BadModel, NotSupported
from workbench.graph.number_format import number_format
from workbench.graph.read import read_graph

DENSE = {"class_name": "Dense", "module": "keras.layers", "registered_name": None, "config": {"units": 3}}


def file_with(path: Path, *layers: dict[str, Any], version: str = "3.15.1", **more: Any) -> Path:
    config = {"class_name": "Sequential", "module": "keras", "registered_name": "Sequential"} | more
    config["config"] = {"layers": list(layers)}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
        archive.writestr("model.weights.h5", b"weights")
    return path


def test_plain_layers_pass_and_losses_are_left_out(tmp_path: Path) -> None:
    trained = DENSE | {"compile_config": {"class_name": "function", "module": "os", "config": "system"}}
    parts = check_keras_file(file_with(tmp_path / "a.keras", trained))
    assert "compile_config" not in json.dumps(parts["config.json"])


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        ({"class_name": "Lambda", "module": "keras.layers"}, "is a program"),
        ({"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}, "is a program"),
        ({"class_name": "function", "module": "builtins", "config": "eval"}, "builtins.function"),
        ({"class_name": "Dense", "module": "os", "config": "system"}, "os.Dense"),
        ({"class_name": "Dense", "module": "keras.layers", "registered_name": "mine>Dense"}, "Dense"),
        ({"class_name": "TorchModuleWrapper", "module": "keras.layers"}, "TorchModuleWrapper"),
        ({"class_name": "TFSMLayer", "module": "keras.layers"}, "TFSMLayer"),
        ({"class_name": "StringLookup", "module": "keras.layers", "config": {"vocabulary": "/etc/passwd"}}, "Lookup"),
        ({"module": "subprocess", "config": "run"}, "subprocess"),
        ({"class_name": ["Dense"], "module": "keras.layers"}, "Dense"),
        ({"class_name": "Dense", "module": "kerasx.layers"}, "kerasx"),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_what_could_run_is_refused(tmp_path: Path, piece: dict[str, Any], words: str, nested: bool) -> None:
    layer = DENSE | {"config": {"units": 3, "kernel_initializer": [piece]}} if nested else piece
    with pytest.raises(BadModel, match=words):
        load_keras_file(file_with(tmp_path / "a.keras", layer))


def test_layers_larger_than_their_weights_are_refused_before_keras_builds_them(tmp_path: Path) -> None:
    enormous = DENSE | {"config": {"units": 4_000_000_000}, "build_config": {"input_shape": [None, 9]}}
    with pytest.raises(BadModel, match="layers have 36,000,000,003 weights, and the file holds 7 bytes"):
        load_keras_file(file_with(tmp_path / "a.keras", DENSE, enormous))


def test_files_that_are_none(tmp_path: Path) -> None:
    whole = file_with(tmp_path / "a.keras", DENSE).read_bytes()
    for number, content in enumerate([b"", b"PK\x03\x04", whole[: len(whole) // 2], b"\x89HDF\r\n\x1a\n" + bytes(99)]):
        path = tmp_path / f"{number}.keras"
        path.write_bytes(content)
        with pytest.raises(BadModel):
            check_keras_file(path)
    with pytest.raises(BadModel, match="no file"):
        check_keras_file(tmp_path)
    with pytest.raises(BadModel, match="no such file"):
        check_keras_file(tmp_path / "none.keras")
    huge = tmp_path / "huge.keras"
    with huge.open("wb") as file:
        file.truncate(2 << 30)  # takes no room on the disk
    with pytest.raises(BadModel, match="more than"):
        check_keras_file(huge)
    with zipfile.ZipFile(tmp_path / "b.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(BadModel, match=r"metadata\.json"):
        check_keras_file(tmp_path / "b.keras")
    deep = tmp_path / "deep.keras"
    file_with(deep, DENSE)
    with zipfile.ZipFile(deep, "w") as archive:
        archive.writestr("config.json", "[" * 100_000)
    with pytest.raises(BadModel, match="damaged"):
        check_keras_file(deep)


def test_weights_in_other_files_are_refused(tmp_path: Path) -> None:
    import h5py

    weights = tmp_path / "w.h5"
    with h5py.File(weights, "w") as file:
        file["kernel"] = h5py.ExternalLink("/etc/hostname", "x")
    path = tmp_path / "a.keras"
    config = {"class_name": "Sequential", "module": "keras", "config": {"layers": []}}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.1"}))
        archive.write(weights, "model.weights.h5")
    with pytest.raises(BadModel, match="another file"):
        load_keras_file(path)


def saved(keras: Any, path: Path, *, shape: tuple[int | None, ...] = (12, 8, 1), two: bool = False) -> Path:
    layers = keras.layers
    first = layers.Input(shape)
    value = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, activation="relu")(first))
    inputs: Any = first
    if two:
        other = layers.Input((5,))
        value = layers.Concatenate()([value, other])
        inputs = [first, other]
    keras.Model(inputs, layers.Dense(3)(value)).save(path)
    return path


@pytest.mark.parametrize("name", ["keras", "tf_keras"])
def test_both_kerases_are_read_pruned_and_converted(tmp_path: Path, name: str) -> None:
    keras = pytest.importorskip(name)
    loaded = load_keras_file(saved(keras, tmp_path / "a.keras", two=True))
    assert [one.shape for one in loaded.inputs] == [(12, 8, 1), (5,)]
    zero_smallest(loaded, 0.5)
    kernels = [kernel.numpy() for kernel in loaded.kernels]
    assert [kernel.shape for kernel in kernels] == [(3, 3, 1, 4), (9, 3)]
    assert [int((kernel == 0).sum()) for kernel in kernels] == [18, 14]
    assert number_format(read_graph(convert_model(loaded, (), Quantization.FLOAT32))) == "float32"
    rng = np.random.default_rng(3)
    # Ranges differ, so that an input calibrated with the other one's examples is seen.
    examples = [
        (
            rng.normal(size=(1, 12, 8, 1)).astype(np.float32),
            (100 * rng.normal(size=(1, 5))).astype(np.float32),
        )
        for _ in range(8)
    ]
    graph = read_graph(convert_model(loaded, examples, Quantization.INT8))
    assert number_format(graph) == "int8"
    scales = {tensor.shape: tensor.quantization.scales[0] for tensor in graph.input_tensors if tensor.quantization}
    assert scales[1, 5] > 20 * scales[1, 12, 8, 1]


def test_an_open_size_and_a_wrong_keras_are_one_message(tmp_path: Path) -> None:
    tf_keras = pytest.importorskip("tf_keras")
    with pytest.raises(NotSupported, match=r"\? × 8 × 1"):
        load_keras_file(saved(tf_keras, tmp_path / "a.keras", shape=(None, 8, 1)))
    with zipfile.ZipFile(saved(tf_keras, tmp_path / "b.keras")) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["metadata.json"] = b'{"keras_version": "3.0.0"}'
    with zipfile.ZipFile(tmp_path / "c.keras", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(BadModel, match=r"cannot read this model of Keras 3\.0\.0"):
        load_keras_file(tmp_path / "c.keras")


@pytest.mark.parametrize("name", ["keras", "tf_keras"])
def test_a_layer_that_hands_on_more_than_a_computer_holds_is_one_message(tmp_path: Path, name: str) -> None:
    """Its few weights say nothing of that; converting it would end the process."""
    keras = pytest.importorskip(name)
    layers = [keras.layers.Input((100, 100, 3)), keras.layers.UpSampling2D(3000, name="huge")]
    keras.Sequential([*layers, keras.layers.GlobalAveragePooling2D()]).save(tmp_path / "a.keras")
    with pytest.raises(NotSupported, match="layer 'huge' hands on 270,000,000,000 values"):
        load_keras_file(tmp_path / "a.keras")


@pytest.mark.parametrize(
    ("name", "layer", "converts"),
    [
        ("keras", "LSTM", False),
        ("tf_keras", "GRU", False),
        pytest.param("tf_keras", "LSTM", True, marks=pytest.mark.nightly),
    ],
)
def test_recurrent_layers_become_int8_where_no_loop_is_left(
    tmp_path: Path, name: str, layer: str, converts: bool
) -> None:
    """In a loop the converter's calibrator crashes, which no exception tells."""
    keras = pytest.importorskip(name)
    keras.Sequential([keras.layers.Input((6, 3)), getattr(keras.layers, layer)(4)]).save(tmp_path / "a.keras")
    loaded = load_keras_file(tmp_path / "a.keras")
    examples = [(np.zeros((1, 6, 3), np.float32),)] * 2
    if converts:
        assert (
            "UNIDIRECTIONAL_SEQUENCE_LSTM"
            in read_graph(convert_model(loaded, examples, Quantization.INT8)).operator_names
        )
    else:
        with pytest.raises(NotSupported, match="unroll=True"):
            convert_model(loaded, examples, Quantization.INT8)
