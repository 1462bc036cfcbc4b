"""Which method of TensorFlow Lite Micro's resolver registers each operator."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping

from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.resources import resource


@functools.cache
def _methods() -> Mapping[bool, Mapping[str, str]]:
    table = tomllib.loads(resource("firmware", "tflm_operators.toml").read_text(encoding="utf-8"))
    return {False: table["builtin"], True: table["custom"]}


def resolver_methods(graph: Graph) -> tuple[str, ...]:
    """The resolver methods a model needs, each once, in order of first use.

    Their number is the resolver's capacity. Raises NotSupported for an operator without a method.
    """
    methods = []
    for subgraph in graph.subgraphs:
        for operator in subgraph.operators:
            method = _methods()[operator.is_custom].get(operator.name)
            if method is None:
                raise NotSupported(
                    f"TensorFlow Lite Micro has no operator {operator.name[:60]!r}.",
                    where=f"operator {operator.index}",
                    to_do="Build the model without the layer that becomes this operator.",
                )
            methods.append(method)
    return tuple(dict.fromkeys(methods))
