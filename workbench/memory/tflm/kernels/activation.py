"""Activation functions."""

from __future__ import annotations

from workbench.memory.tflm.node import Kernel, look_at, struct

RELU = Kernel("activations_common.cc, activations.h", struct("{b ii} ii ii"), look_at(1))
RELU6 = Kernel("activations_common.cc, activations.h", struct("ii"), look_at(1, outputs=0))
LEAKY_RELU = Kernel("leaky_relu_common.cc, leaky_relu.h", struct("ii ii ii"), look_at(1), options="i")
LOGISTIC = Kernel("logistic_common.cc, logistic.h", struct("iiii"), look_at(1))
TANH = Kernel("tanh.cc", struct("iiii"), look_at(1))
HARD_SWISH = Kernel("hard_swish_common.cc", struct("hhh i h i"), look_at(1))
ELU = Kernel("elu.cc", struct("256b"), look_at(1))
L2_NORMALIZATION = Kernel("l2norm.cc", struct("i"), look_at(1), options="e")
