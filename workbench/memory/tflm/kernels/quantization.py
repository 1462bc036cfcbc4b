"""QUANTIZE, DEQUANTIZE and CAST."""

from __future__ import annotations

from workbench.errors import NotSupported
from workbench.memory.tflm.node import Kernel, Node, look_at, nothing, struct

# QuantizationParams and DequantizationParams of kernels/internal/types.h.
_QUANTIZE = "{i d} ii i"
_DEQUANTIZE = "{d i} ii i"


def _dequantize(node: Node) -> None:
    if node.input(0).dtype == "float16":
        raise NotSupported(
            "TensorFlow Lite Micro does not run models with float16 weights.",
            where=node.where,
            to_do="Convert the model to int8 or float32.",
        )
    look_at(1)(node)


QUANTIZE = Kernel("quantize_common.cc, quantize.h", struct(_QUANTIZE), look_at(1))
DEQUANTIZE = Kernel("dequantize_common.cc, dequantize.h", struct(_DEQUANTIZE), _dequantize)
CAST = Kernel("cast.cc", nothing, look_at(1), options="ee")
