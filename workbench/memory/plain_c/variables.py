"""Variables: values that a model keeps from one invocation to the next, as streaming models do.

A VAR_HANDLE names a variable; READ_VARIABLE copies it, ASSIGN_VARIABLE replaces it, and a CALL_ONCE runs, before
anything else, a subgraph that assigns what it starts with. The plan gives each variable bytes of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workbench.graph.model import Graph, Subgraph, Tensor
from workbench.memory.plain_c.call import Call

HANDLE, READ, ASSIGN, ONCE = "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "CALL_ONCE"
# They name a variable or say what it starts with: nothing runs.
DECLARATIONS = frozenset({HANDLE, ONCE})

Name = tuple[str, str]


@dataclass(frozen=True)
class Variable:
    """``handles`` are the tensors that name it; ``value`` is one that it is read to or assigned from.

    A state, which an operator reads and writes itself, is a tensor that is both.
    """

    handles: tuple[int, ...]
    value: Tensor


def variables(subgraph: Subgraph) -> Mapping[Name, Variable]:
    """The variables that a subgraph reads or assigns, and the states of its operators.

    Raises NotSupported when a variable has two sizes.
    """
    names = _names(subgraph)
    found: dict[Name, Variable] = {}
    for operator in subgraph.operators:
        if operator.name not in {READ, ASSIGN}:
            continue
        call = Call(operator, subgraph)
        name = _name(call, names)
        value = call.output if operator.name == READ else call.input(1)
        known = found.get(name)
        if known is not None and (known.value.bytes, known.value.dtype) != (value.bytes, value.dtype):
            raise call.refusal(f"has {value.bytes:,} bytes of {value.dtype}, other uses of its variable have not.")
        handles = tuple(handle for handle, of in names.items() if of == name)
        found[name] = Variable(handles, value)
    for tensor in subgraph.tensors:
        if tensor.is_variable and tensor.data is None:
            found[f"tensor {tensor.index}", tensor.name] = Variable((tensor.index,), tensor)
    return found


def first_values(graph: Graph) -> Iterator[tuple[Name, Tensor]]:
    """What the CALL_ONCE operators assign, in their order; NotSupported when their subgraphs do anything else."""
    for operator in graph.main.operators:
        if operator.name != ONCE:
            continue
        subgraph = graph.subgraphs[int(operator.options["init_subgraph_index"])]
        names = _names(subgraph)
        for assignment in subgraph.operators:
            call = Call(assignment, subgraph)
            if assignment.name == HANDLE:
                continue
            if assignment.name != ASSIGN or call.input(1).data is None:
                raise call.refusal("in a subgraph that runs once has no kernel here; stored values may be assigned.")
            yield _name(call, names), call.input(1)


def variable_name(call: Call) -> Name:
    """The name of the variable that an operator reads or assigns."""
    return _name(call, _names(call.subgraph))


def _names(subgraph: Subgraph) -> dict[int, Name]:
    """The variable of each handle, by tensor."""
    return {
        operator.outputs[0]: (str(operator.options.get("container", "")), str(operator.options.get("shared_name", "")))
        for operator in subgraph.operators
        if operator.name == HANDLE and operator.outputs
    }


def _name(call: Call, names: Mapping[int, Name]) -> Name:
    handle = call.input(0).index
    if handle not in names:
        raise call.refusal("needs a handle made in the same subgraph.")
    return names[handle]
