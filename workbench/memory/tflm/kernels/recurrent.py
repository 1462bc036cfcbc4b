"""UNIDIRECTIONAL_SEQUENCE_LSTM and SVDF."""

from __future__ import annotations

from workbench.errors import NotSupported
from workbench.memory.tflm.kernels.arithmetic import ARITHMETIC_PARAMS
from workbench.memory.tflm.node import INT, Kernel, Node, look_at

# OpDataLSTM of lstm_shared.h: sizes, cell state, four gates of two FullyConnectedParams each, three multiplications.
_FULLY_CONNECTED_PARAMS = "{iii i i ii ii bb b}"
_LSTM = "{b iiii} {i h i} e 4{" + 2 * _FULLY_CONNECTED_PARAMS + "} {" + 3 * ("{" + ARITHMETIC_PARAMS + "}") + "} 4i"
# cmsis_nn_lstm_params of arm_nn_types.h stands behind it in cmsis_nn/unidirectional_sequence_lstm.cc.
_CMSIS_LSTM = "{" + _LSTM + "} {15i 4{ii pp ii pp p e}}"

_INPUT, _HIDDEN_STATE, _CELL_STATE = 0, 18, 19
_INPUTS = 24


def _lstm_init(node: Node) -> None:
    node.data(_CMSIS_LSTM if node.kernels.cmsis_nn else _LSTM)


def _lstm(node: Node) -> None:
    if len(node.operator.inputs) != _INPUTS:
        raise NotSupported(f"TensorFlow Lite Micro wants {_INPUTS} inputs for an LSTM.", where=node.where)
    node.temporary_inputs(*range(_INPUTS))
    node.temporary_output()
    source, hidden, cell = node.input(_INPUT), node.input(_HIDDEN_STATE), node.input(_CELL_STATE)
    # CreateLstmSizeInfo of lstm_eval_common.cc.
    batch = node.dimension(source, 1 if node.option("time_major", False) else 0)
    state = node.dimension(hidden, 1)
    element = cell.bytes // max(1, cell.elements)
    buffers = 4
    if node.kernels.cmsis_nn and cell.dtype == "int16":
        buffers = 3
        # Sums of the weights of four gates, for inputs and for the hidden state.
        sum_bytes = 4 if source.dtype == "int8" else 8
        for _ in range(8):
            node.persistent(state * sum_bytes)
    for _ in range(buffers):
        node.scratch(batch * state * element)


LSTM = Kernel(
    "unidirectional_sequence_lstm.cc, cmsis_nn/unidirectional_sequence_lstm.cc", _lstm_init, _lstm, options="e ii bbb"
)

# OpDataSvdf of svdf.h, CmsisNnOpDataSvdf of cmsis_nn/svdf.cc.
_SVDF = "ii ii ii iii"
_CMSIS_SVDF = "ii ii ii iii p"


def _svdf_init(node: Node) -> None:
    node.data(_CMSIS_SVDF if node.kernels.cmsis_nn else _SVDF)


def _svdf(node: Node) -> None:
    look_at(5)(node)
    source, features = node.input(0), node.input(1)
    batch, filters = node.dimension(source, 0), node.dimension(features, 0)
    node.scratch(batch * filters * INT)
    if source.dtype == "int8":
        units = filters // max(1, node.option("rank", 1))
        node.scratch(batch * units * INT)
        if node.kernels.cmsis_nn and node.kernels.mve:
            node.persistent(filters * INT)  # arm_svdf_s8_get_buffer_size: sums of the weights


SVDF = Kernel("svdf_common.cc, cmsis_nn/svdf.cc", _svdf_init, _svdf, options="i e b")
