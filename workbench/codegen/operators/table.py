"""What each operator becomes in plain C."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbench.codegen.lowering import Lowered, Placed
from workbench.codegen.operators.add import add, subtract
from workbench.codegen.operators.convolution import convolution
from workbench.codegen.operators.depthwise import depthwise
from workbench.codegen.operators.fully_connected import fully_connected
from workbench.codegen.operators.joining import concatenation, pad
from workbench.codegen.operators.lookup import (
    hard_swish,
    leaky_relu,
    logistic_table,
    relu,
    relu6,
    tanh_table,
)
from workbench.codegen.operators.mean import mean
from workbench.codegen.operators.movement import (
    assign_variable,
    copied,
    read_variable,
    slice_,
    split,
    strided_slice,
    transpose,
)
from workbench.codegen.operators.pooling import average_pool, max_pool
from workbench.codegen.operators.product import maximum, minimum, multiply
from workbench.codegen.operators.quantize import dequantize, quantize
from workbench.codegen.operators.recurrent import lstm
from workbench.codegen.operators.resize import resize_nearest
from workbench.codegen.operators.slopes_wide import leaky_relu_wide, relu6_wide, relu_wide
from workbench.codegen.operators.softmax import softmax
from workbench.codegen.operators.wide import (
    add_wide,
    average_pool_wide,
    convolution_wide,
    depthwise_wide,
    fully_connected_wide,
    logistic_wide,
    max_pool_wide,
    multiply_wide,
    softmax_wide,
    subtract_wide,
    tanh_wide,
)

Lowering = Callable[[Placed], Lowered]


def _by_width(of_int8: Lowering, of_int16: Lowering) -> Lowering:
    """One for outputs of int8, another for outputs of int16."""
    return lambda placed: (of_int16 if placed.call.output.dtype == "int16" else of_int8)(placed)


LOWERINGS: Mapping[str, Lowering] = {
    "ADD": _by_width(add, add_wide),
    "ASSIGN_VARIABLE": assign_variable,
    "AVERAGE_POOL_2D": _by_width(average_pool, average_pool_wide),
    "CONCATENATION": concatenation,
    "CONV_2D": _by_width(convolution, convolution_wide),
    "DEPTHWISE_CONV_2D": _by_width(depthwise, depthwise_wide),
    "DEQUANTIZE": dequantize,
    "EXPAND_DIMS": copied,
    "FULLY_CONNECTED": _by_width(fully_connected, fully_connected_wide),
    "HARD_SWISH": hard_swish,
    "LEAKY_RELU": _by_width(leaky_relu, leaky_relu_wide),
    "LOGISTIC": _by_width(logistic_table, logistic_wide),
    "MAXIMUM": maximum,
    "MAX_POOL_2D": _by_width(max_pool, max_pool_wide),
    "MEAN": mean,
    "MINIMUM": minimum,
    "MUL": _by_width(multiply, multiply_wide),
    "PAD": pad,
    "PADV2": pad,
    "QUANTIZE": quantize,
    "READ_VARIABLE": read_variable,
    "RELU": _by_width(relu, relu_wide),
    "RELU6": _by_width(relu6, relu6_wide),
    "RESHAPE": copied,
    "RESIZE_NEAREST_NEIGHBOR": resize_nearest,
    "SLICE": slice_,
    "SOFTMAX": _by_width(softmax, softmax_wide),
    "SPLIT": split,
    "SQUEEZE": copied,
    "STRIDED_SLICE": strided_slice,
    "SUB": _by_width(subtract, subtract_wide),
    "TANH": _by_width(tanh_table, tanh_wide),
    "TRANSPOSE": transpose,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": lstm,
}
