from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from workbench.errors import BadModel
from workbench.graph import read
from workbench.graph.model import Quantization
from workbench.graph.read import read_graph


def convolution(files: ModuleType, **weights: object) -> bytes:
    tensors = [
        files.T((1, 8, 8, 4), scales=(0.5,)),
        files.T((8, 3, 3, 4), scales=(0.1,) * 8, constant=True, **weights),
        files.T((8,), "int32", scales=(0.05,) * 8, constant=np.arange(8, dtype=np.int32)),
        files.T((1, 4, 4, 8), scales=(0.25,), zero_point=-128),
    ]
    options = {"Padding": 0, "StrideW": 2, "StrideH": 2, "FusedActivationFunction": 3, "DilationWFactor": 1}
    operator = files.Op("CONV_2D", [0, 1, 2], [3], "Conv2DOptions", options)
    return bytes(files.build(files.G(tensors, [operator], [0], [3])))


def test_tensors_operators_and_options(files: ModuleType) -> None:
    data = convolution(files)
    graph = read_graph(data)
    assert graph.bytes == len(data)
    (operator,) = graph.main.operators
    assert operator.name == "CONV_2D"
    assert (operator.inputs, operator.outputs) == ((0, 1, 2), (3,))
    assert operator.options["padding"] == "SAME"
    assert operator.options["stride_h"] == 2
    assert operator.options["dilation_h_factor"] == 1  # not stored: the schema's default
    assert operator.options["fused_activation_function"] == "RELU6"
    source, weights, bias, output = graph.main.tensors
    assert (source.shape, source.dtype, source.bytes, source.data) == ((1, 8, 8, 4), "int8", 256, None)
    assert weights.quantization is not None
    assert weights.quantization.per_channel
    assert np.array_equal(np.frombuffer(bias.data or b"", np.int32), np.arange(8))
    assert output.quantization == Quantization((0.25,), (-128,), 0)
    assert graph.input_tensors == (source,)
    assert graph.operator_names == ("CONV_2D",)


def test_inputs_that_are_left_out(files: ModuleType) -> None:
    tensors = [files.T((1, 4), "float32"), files.T((2, 4), "float32", constant=True), files.T((1, 2), "float32")]
    operator = files.Op("FULLY_CONNECTED", [0, 1, -1], [2], "FullyConnectedOptions")
    graph = read_graph(files.build(files.G(tensors, [operator], [0], [2])))
    assert graph.main.operators[0].inputs == (0, 1, -1)
    assert graph.main.tensor(-1) is None


def test_several_subgraphs_and_variables(files: ModuleType) -> None:
    main = files.G(
        [files.T((1,), "bool"), files.T((), "resource"), files.T((1, 4), "float32", variable=True)],
        [
            files.Op("CALL_ONCE", [], [], "CallOnceOptions", {"InitSubgraphIndex": 1}),
            files.Op("VAR_HANDLE", [], [1], "VarHandleOptions", {"Container": "", "SharedName": "state"}),
        ],
        [0],
        [0],
    )
    initial = files.G([files.T((1, 4), "float32", constant=True)], [], [], [])
    graph = read_graph(files.build(main, initial))
    assert len(graph.subgraphs) == 2
    assert graph.main.operators[0].options == {"init_subgraph_index": 1}
    assert graph.main.operators[1].options["shared_name"] == "state"
    assert graph.main.tensors[1].bytes == 4
    assert graph.main.tensors[2].is_variable


def test_a_subgraph_that_does_not_exist(files: ModuleType) -> None:
    operator = files.Op("CALL_ONCE", [], [], "CallOnceOptions", {"InitSubgraphIndex": 7})
    with pytest.raises(BadModel, match="runs subgraph 7"):
        read_graph(files.build(files.G([files.T((1,))], [operator], [0], [0])))


def test_custom_operators_keep_their_name_and_bytes(files: ModuleType) -> None:
    operator = files.Op("SignalWindow", [0], [0], custom_options=b"\x01\x02")
    graph = read_graph(files.build(files.G([files.T((4,), "int16")], [operator], [0], [0])))
    assert graph.main.operators[0].is_custom
    assert graph.main.operators[0].options == {"custom_options": b"\x01\x02"}


def test_lstm_intermediates(files: ModuleType) -> None:
    operator = files.Op("UNIDIRECTIONAL_SEQUENCE_LSTM", [0], [0], intermediates=[1])
    graph = read_graph(files.build(files.G([files.T((1, 4)), files.T((0,))], [operator], [0], [0])))
    assert graph.main.operators[0].intermediates == (1,)


def test_int4_takes_half_a_byte(files: ModuleType) -> None:
    graph = read_graph(files.build(files.G([files.T((3, 5), "int4", constant=True)], [], [], [])))
    assert graph.main.tensors[0].bytes == 8


def test_metadata(files: ModuleType) -> None:
    graph = read_graph(files.build(files.G([files.T((1,))], [], [0], [0]), metadata={"min_runtime_version": b"1.5.0"}))
    assert graph.metadata == {"min_runtime_version": b"1.5.0"}


@pytest.mark.parametrize(
    ("shape", "message"),
    [((1 << 20, 1 << 20), "takes"), ((2, -1), "not fixed"), ((1,) * 17, "dimensions")],
)
def test_shapes_no_device_has(files: ModuleType, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(BadModel, match=message) as caught:
        read_graph(files.build(files.G([files.T(shape)], [], [0], [0])))
    assert "tensor 0" in caught.value.where


def test_constants_shorter_than_their_shape(files: ModuleType) -> None:
    tensor = files.T((8,), "int32", constant=np.zeros(7, np.int32))
    with pytest.raises(BadModel, match="needs 32 bytes of data and has 28"):
        read_graph(files.build(files.G([tensor], [], [], [])))


@pytest.mark.parametrize(
    ("scales", "axis", "message"),
    [((0.1,) * 5, 0, "5 scales along axis 0"), ((0.1,) * 8, 9, "axis 9"), ((float("nan"),), 0, "positive number")],
)
def test_impossible_quantization(files: ModuleType, scales: tuple[float, ...], axis: int, message: str) -> None:
    with pytest.raises(BadModel, match=message):
        read_graph(files.build(files.G([files.T((8, 2), scales=scales, axis=axis)], [], [], [])))


@pytest.mark.parametrize("field", ["inputs", "outputs"])
def test_operators_that_refer_to_nothing(files: ModuleType, field: str) -> None:
    wrong = {"inputs": [0], "outputs": [0]} | {field: [5]}
    operator = files.Op("RELU", wrong["inputs"], wrong["outputs"])
    with pytest.raises(BadModel, match="tensor 5, but there are 1"):
        read_graph(files.build(files.G([files.T((1,))], [operator], [0], [0])))


def test_a_file_that_is_something_else() -> None:
    with pytest.raises(BadModel, match="This is not a"):
        read_graph(b"PK\x03\x04 a Keras model is a zip file")


def test_a_newer_schema(files: ModuleType) -> None:
    with pytest.raises(BadModel, match="schema version 4"):
        read_graph(files.build(files.G([files.T((1,))], [], [0], [0]), version=4))


def test_too_large_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_FILE_BYTES", 10)
    with pytest.raises(BadModel, match="more than the 10"):
        read_graph(bytes(11))


def test_reference_models(shared: Path) -> None:
    """Sizes and names as the generated accessors give them."""
    import tflite

    for path in sorted((shared / "models").glob("*.tflite")):
        data = path.read_bytes()
        graph = read_graph(data)
        model = tflite.Model.GetRootAs(data)
        subgraph = model.Subgraphs(0)
        assert len(graph.main.operators) == subgraph.OperatorsLength()
        for ours, index in zip(graph.main.tensors, range(subgraph.TensorsLength()), strict=True):
            theirs = subgraph.Tensors(index)
            assert ours.name == (theirs.Name() or b"").decode()
            assert ours.shape == tuple(theirs.Shape(i) for i in range(theirs.ShapeLength()))
            stored = model.Buffers(theirs.Buffer()).DataAsNumpy()
            assert ours.data == (None if isinstance(stored, int) else stored.tobytes())
