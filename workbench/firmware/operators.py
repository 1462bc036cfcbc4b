"""Which method of TensorFlow Lite Micro's resolver registers each operator."""

from __future__ import annotations

from workbench.errors import NotSupported
from workbench.firmware.templates import table
from workbench.graph.model import Graph


def resolver_methods(graph: Graph) -> tuple[str, ...]:
    """The resolver methods a model needs, each once, in order of first use.

    Their number is the resolver's capacity. Raises NotSupported for an operator without a method.
    """
    known = table("tflm_operators.toml")
    methods = []
    for subgraph in graph.subgraphs:
        for operator in subgraph.operators:
            method = known["custom" if operator.is_custom else "builtin"].get(operator.name)
            if method is None:
                raise NotSupported(
                    f"TensorFlow Lite Micro has no operator {operator.name[:60]!r}.",
                    where=f"operator {operator.index}",
                    to_do="Build the model without the layer that becomes this operator.",
                )
            methods.append(method)
    return tuple(dict.fromkeys(methods))
