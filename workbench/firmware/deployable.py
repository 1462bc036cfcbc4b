"""Which models a microcontroller's runtime takes, each refusal a message."""

from __future__ import annotations

from workbench.errors import NotSupported
from workbench.graph.model import Graph, Operator, Subgraph, Tensor

# Element types the sketch can fill in and print.
SAMPLE_TYPES = ("int8", "uint8", "int16", "float32")

_ON_BOARDS = "Choose int8 or float32 on the Compress page and export that variant."


def check_deployable(graph: Graph) -> None:
    """NotSupported when TensorFlow Lite Micro cannot run the model, or the sketch cannot feed it."""
    for subgraph in graph.subgraphs:
        for operator in subgraph.operators:
            _check_operator(subgraph, operator)
    for what, tensors in (("input", graph.input_tensors), ("output", graph.output_tensors)):
        if len(tensors) != 1:
            raise NotSupported(
                f"The model has {len(tensors)} {what}s; the sketch is made for one.",
                to_do=f"Build the model with one {what}.",
            )
        _check_end(what, tensors[0])


def _check_operator(subgraph: Subgraph, operator: Operator) -> None:
    inputs = [tensor for tensor in map(subgraph.tensor, operator.inputs) if tensor is not None]
    if any(tensor.dtype in ("float16", "bfloat16") for tensor in inputs):
        raise NotSupported("float16 models run on phones and computers, not on microcontrollers.", to_do=_ON_BOARDS)
    weights = [tensor for tensor in inputs if tensor.is_constant and tensor.dtype in ("int4", "int8")]
    computed = [tensor for tensor in inputs if not tensor.is_constant]
    if weights and any(tensor.dtype == "float32" for tensor in computed):
        raise NotSupported(
            "Dynamic-range models (int8 weights, float activations) run on phones and computers, "
            "not on microcontrollers.",
            where=operator.name,
            to_do=_ON_BOARDS,
        )


def _check_end(what: str, tensor: Tensor) -> None:
    if tensor.dtype not in SAMPLE_TYPES:
        raise NotSupported(f"The model's {what} is {tensor.dtype}; the sketch takes {', '.join(SAMPLE_TYPES)}.")
    quantization = tensor.quantization
    if tensor.dtype != "float32" and (quantization is None or len(quantization.scales) != 1):
        raise NotSupported(f"The model's {what} is {tensor.dtype}, but has no scale and zero point.")
    if not tensor.shape or min(tensor.shape) < 1:
        raise NotSupported(f"The model's {what} has no fixed shape.", to_do="Convert the model with a batch size of 1.")
