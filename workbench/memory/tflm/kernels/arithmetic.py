"""Operators that combine elements one by one: sums, products, comparisons, logic, elementary functions."""

from __future__ import annotations

from workbench.memory.tflm.node import Kernel, Node, look_at, nothing, struct

# ArithmeticParams of kernels/internal/types.h.
ARITHMETIC_PARAMS = "b iii i i i i i i i ii ii dd hh 5i"

ADD = Kernel("add_common.cc, add.h", struct("b ii ii iii i i iii ii"), look_at(2), options="eb")
SUB = Kernel("sub_common.cc, sub.h", struct("b ii ii iii i i iii"), look_at(2), options="eb")
MUL = Kernel("mul_common.cc, mul.h", struct("ii ii i i i ii"), look_at(2), options="e")
DIV = Kernel("div.cc, div.h", struct("iii ii i i"), look_at(2), options="e")
SQUARED_DIFFERENCE = Kernel("squared_difference.cc", struct("{" + ARITHMETIC_PARAMS + "} b"), look_at(2))
PRELU = Kernel("prelu_common.cc", struct("iii ii ii"), look_at(2))
MAXIMUM_MINIMUM = Kernel("maximum_minimum.cc, cmsis_nn/maximum_minimum.cc", nothing, nothing)
COMPARISON = Kernel("comparisons.cc, comparisons_common.cc", struct("i ii i ii i b"), look_at(2, outputs=0))
LOGICAL = Kernel("logical.cc", nothing, nothing)
FLOOR_OF_QUOTIENT = Kernel("floor_div.cc, floor_mod.cc", nothing, look_at(2))
ELEMENTWISE = Kernel("elementwise.cc, ceil.cc, floor.cc, round.cc, neg.cc, exp.cc", nothing, look_at(1))
# OpDataAbsRsqrt; TfLiteQuantizationType is an int, TfLiteType an enumeration.
ABS_RSQRT = Kernel("elementwise.cc", struct("i i ii b i e"), look_at(1))


def _add_n(node: Node) -> None:
    inputs = len(node.operator.inputs)
    node.temporary_inputs(0)
    node.temporary_output()
    node.temporary_inputs(*range(1, inputs))
    if node.output().dtype == "int8":
        node.data("ii ii ii ii i i")
    node.scratch(inputs * node.abi.pointer)


ADD_N = Kernel("add_n.cc", nothing, _add_n)


def _cumsum(node: Node) -> None:
    look_at(2)(node)
    if node.output().dtype == "int8":
        node.data("ii ii ii ii i")


CUMSUM = Kernel("cumsum.cc", nothing, _cumsum, options="bb")
