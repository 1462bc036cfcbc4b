"""The resolver registers exactly what a model uses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workbench.errors import NotSupported
from workbench.firmware.operators import resolver_methods
from workbench.firmware.templates import table
from workbench.graph import schema
from workbench.graph.model import Graph, Operator, Subgraph


def test_each_kind_of_operator_is_registered_once(graph: Callable[..., Graph]) -> None:
    assert resolver_methods(graph()) == ("AddConv2D", "AddReshape", "AddFullyConnected", "AddSoftmax")


def test_operators_of_every_subgraph_count(graph: Callable[..., Graph]) -> None:
    main = graph(operators=("IF",)).main
    branch = Subgraph("then", main.tensors, (Operator(0, "TANH", 1, (0,), (1,)),), (0,), (1,))
    assert resolver_methods(Graph((main, branch))) == ("AddIf", "AddTanh")


def test_an_operator_without_a_method_is_named(graph: Callable[..., Graph]) -> None:
    with pytest.raises(NotSupported, match="'BUCKETIZE'") as caught:
        resolver_methods(graph(operators=("CONV_2D", "BUCKETIZE")))
    assert caught.value.where == "operator 1"


def test_a_custom_operator_is_not_taken_for_a_builtin_one(graph: Callable[..., Graph]) -> None:
    main = graph().main
    fake = Subgraph("main", main.tensors, (Operator(0, "CONV_2D", 1, (0,), (1,), is_custom=True),), (0,), (1,))
    with pytest.raises(NotSupported, match="CONV_2D"):
        resolver_methods(Graph((fake,)))


def test_the_table_knows_only_operators_of_the_schema() -> None:
    assert set(table("tflm_operators.toml")["builtin"]) <= set(schema.OPERATORS)


def test_no_two_operators_share_a_method() -> None:
    known = table("tflm_operators.toml")
    methods = [*known["builtin"].values(), *known["custom"].values()]
    assert len(methods) == len(set(methods))
