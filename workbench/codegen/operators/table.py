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
from workbench.codegen.operators.movement import copied, slice_, split, strided_slice, transpose
from workbench.codegen.operators.pooling import average_pool, max_pool
from workbench.codegen.operators.product import maximum, minimum, multiply
from workbench.codegen.operators.quantize import dequantize, quantize
from workbench.codegen.operators.resize import resize_nearest
from workbench.codegen.operators.softmax import softmax

Lowering = Callable[[Placed], Lowered]

LOWERINGS: Mapping[str, Lowering] = {
    "ADD": add,
    "AVERAGE_POOL_2D": average_pool,
    "CONCATENATION": concatenation,
    "CONV_2D": convolution,
    "DEPTHWISE_CONV_2D": depthwise,
    "DEQUANTIZE": dequantize,
    "EXPAND_DIMS": copied,
    "FULLY_CONNECTED": fully_connected,
    "HARD_SWISH": hard_swish,
    "LEAKY_RELU": leaky_relu,
    "LOGISTIC": logistic_table,
    "MAXIMUM": maximum,
    "MAX_POOL_2D": max_pool,
    "MEAN": mean,
    "MINIMUM": minimum,
    "MUL": multiply,
    "PAD": pad,
    "PADV2": pad,
    "QUANTIZE": quantize,
    "RELU": relu,
    "RELU6": relu6,
    "RESHAPE": copied,
    "RESIZE_NEAREST_NEIGHBOR": resize_nearest,
    "SLICE": slice_,
    "SOFTMAX": softmax,
    "SPLIT": split,
    "SQUEEZE": copied,
    "STRIDED_SLICE": strided_slice,
    "SUB": subtract,
    "TANH": tanh_table,
    "TRANSPOSE": transpose,
}
