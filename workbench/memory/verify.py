"""An independent check of a memory plan.

It shares nothing with the planners or with the walk that finds lifetimes: what each operator needs is read
from the graph again, so that a plan with a wrong lifetime fails as one with a wrong offset does.
"""

from __future__ import annotations

from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.memory.plan import MemoryPlan, Placement

ALIGNMENT = 16


def check_plan(plan: MemoryPlan, graph: Graph) -> None:
    """Raise NotSupported when the plan would let one tensor overwrite another."""
    problem = find_problem(plan, graph)
    if problem:
        raise NotSupported(f"The memory plan is wrong: {problem}", to_do="Please report this model as a fault.")


def find_problem(plan: MemoryPlan, graph: Graph) -> str:
    """What is wrong with a plan, in one sentence; empty when nothing is."""
    return _misplaced(plan) or _overlapping(plan) or _missing(plan, graph)


def _misplaced(plan: MemoryPlan) -> str:
    for placement in plan.placements:
        if placement.offset < 0 or placement.offset % ALIGNMENT or placement.end > plan.arena_bytes:
            return f"{placement.name!r} lies at {placement.offset:,} to {placement.end:,} of {plan.arena_bytes:,}."
    return ""


def _overlapping(plan: MemoryPlan) -> str:
    """Sweep over offsets; only placements that share bytes are compared in time."""
    reaching: list[Placement] = []
    for placement in sorted(plan.placements, key=lambda p: p.offset):
        reaching = [other for other in reaching if other.end > placement.offset]
        for other in reaching:
            if placement.first_op <= other.last_op and other.first_op <= placement.last_op:
                return f"{placement.name!r} and {other.name!r} share bytes while both are alive."
        reaching.append(placement)
    return ""


def _missing(plan: MemoryPlan, graph: Graph) -> str:
    """Every computed tensor an operator touches must be placed, whole, and alive at that step."""
    placed = {(p.subgraph, p.tensor): p for p in plan.placements if p.tensor is not None}
    for number, step in enumerate(plan.steps):
        if step.operator is None:
            continue
        subgraph = graph.subgraphs[step.subgraph]
        operator = subgraph.operators[step.operator]
        for index in (*operator.inputs, *operator.outputs):
            tensor = subgraph.tensor(index)
            if tensor is None or tensor.data is not None or tensor.is_variable or not tensor.bytes:
                continue
            if tensor.dtype == "resource":
                continue  # a handle; its kernel keeps it
            place = placed.get((step.subgraph, index))
            if place is None or place.bytes < tensor.bytes:
                return f"{tensor.name!r} has no place of {tensor.bytes:,} bytes."
            if not place.alive_at(number):
                return f"{tensor.name!r} is not kept for operator {step.operator} ({operator.name})."
    return ""
