"""Operators that run other subgraphs, and those on variables that outlive an inference."""

from __future__ import annotations

from workbench.memory.tflm.node import Kernel, Node, look_at, nothing, struct

IF = Kernel("if.cc", struct("ii"), look_at(1, outputs=0), options="ii")
WHILE = Kernel("while.cc", struct("ii"), nothing, options="ii")
CALL_ONCE = Kernel("call_once.cc", struct("i b"), nothing, options="i")


def _var_handle(node: Node) -> None:
    """The handle lies in the kernel's data, so its tensor needs no place in the plan."""
    variable = (node.option("container", ""), node.option("shared_name", ""))
    node.variables.handles[node.number, node.operator.outputs[0]] = variable


def _assign_variable(node: Node) -> None:
    node.temporary_inputs(1)
    # Only a handle made in the same subgraph is known while kernels prepare (MicroResourceVariables::Allocate).
    variable = node.variables.handles.get((node.number, node.operator.inputs[0]))
    if variable is not None and variable not in node.variables.allocated:
        node.variables.allocated.add(variable)
        node.persistent(node.input(1).bytes)


def _assign_init(node: Node) -> None:
    """The kernel has data of its own only where weights may be compressed."""
    if node.abi.compression:
        node.data("c")


VAR_HANDLE = Kernel("var_handle.cc, micro_resource_variable.cc", struct("i"), _var_handle, options="pp")
ASSIGN_VARIABLE = Kernel("assign_variable.cc, micro_resource_variable.cc", _assign_init, _assign_variable)
READ_VARIABLE = Kernel("read_variable.cc", nothing, look_at((), outputs=1))
CIRCULAR_BUFFER = Kernel("circular_buffer.cc, circular_buffer_common.cc", struct("ii"), look_at(1))
