"""What each operator becomes in plain C."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbench.codegen.lowering import Lowered, Placed
from workbench.codegen.operators.lookup import leaky_relu, relu, relu6

Lowering = Callable[[Placed], Lowered]

LOWERINGS: Mapping[str, Lowering] = {
    "LEAKY_RELU": leaky_relu,
    "RELU": relu,
    "RELU6": relu6,
}
