"""How many weights of a .tflite file really are zero."""

from __future__ import annotations

import numpy as np

from workbench.graph.model import Graph, Tensor
from workbench.graph.read import read_graph

_NUMPY = {"float32": np.float32, "float16": np.float16, "int8": np.int8}


def measured_sparsity(model: bytes | Graph) -> float:
    """The share, 0..1, of weights that are zero in a file (or its graph), whatever the recipe asked for.

    Weights are constants of two or more dimensions; biases are not. Raises BadModel for a malformed file.
    """
    graph = model if isinstance(model, Graph) else read_graph(model)
    weights = [tensor for tensor in graph.main.tensors if _is_weight(tensor)]
    count = sum(tensor.elements for tensor in weights)
    return sum(_zeros(tensor) for tensor in weights) / count if count else 0.0


def _is_weight(tensor: Tensor) -> bool:
    return tensor.is_constant and len(tensor.shape) > 1 and tensor.dtype in _NUMPY


def _zeros(tensor: Tensor) -> int:
    values = np.frombuffer(tensor.data or b"", dtype=_NUMPY[tensor.dtype])
    zero_points = tensor.quantization.zero_points if tensor.quantization else ()
    # Weights are quantized symmetrically, so that zero is 0; one zero point for the tensor may say otherwise.
    zero = zero_points[0] if len(zero_points) == 1 else 0
    return int(np.count_nonzero(values == zero))
