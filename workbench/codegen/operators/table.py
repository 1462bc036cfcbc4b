"""What each operator becomes in plain C."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbench.codegen.lowering import Lowered, Placed
from workbench.codegen.operators.add import add, subtract
from workbench.codegen.operators.convolution import convolution
from workbench.codegen.operators.depthwise import depthwise
from workbench.codegen.operators.fully_connected import fully_connected
from workbench.codegen.operators.lookup import leaky_relu, relu, relu6
from workbench.codegen.operators.mean import mean
from workbench.codegen.operators.pooling import average_pool, max_pool
from workbench.codegen.operators.softmax import softmax

Lowering = Callable[[Placed], Lowered]

LOWERINGS: Mapping[str, Lowering] = {
    "ADD": add,
    "AVERAGE_POOL_2D": average_pool,
    "CONV_2D": convolution,
    "DEPTHWISE_CONV_2D": depthwise,
    "FULLY_CONNECTED": fully_connected,
    "LEAKY_RELU": leaky_relu,
    "MAX_POOL_2D": max_pool,
    "MEAN": mean,
    "RELU": relu,
    "RELU6": relu6,
    "SOFTMAX": softmax,
    "SUB": subtract,
}
