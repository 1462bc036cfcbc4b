"""The memory plan of the plain-C engine."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.graph.model import Graph
from workbench.memory.plain_c.access import Access
from workbench.memory.plain_c.bound import lower_bound, task_bounds
from workbench.memory.plain_c.place import Block, Layout, Search
from workbench.memory.plain_c.schedule import Costs, best_order
from workbench.memory.plain_c.storage import ALIGNMENT, Network, check_size, network
from workbench.memory.plan import MemoryPlan, Placement, Step, live_set

# Share of the smallest possible arena that may be spent on kernels that are faster and need more scratch.
_FOR_SPEED = 1 / 16


@dataclass(frozen=True)
class PlainCPlan:
    """Where everything lies, in which order the operators run, and how the kernel of each walks.

    ``accesses`` belong to the steps of ``plan``. ``lower_bound_bytes`` is a proven bound for any plan with any of the
    orders that the kernels allow (see bound.py).
    """

    plan: MemoryPlan
    accesses: tuple[Access, ...]
    lower_bound_bytes: int

    @property
    def order(self) -> tuple[int, ...]:
        """The operators in the order they run."""
        return tuple(step.operator for step in self.plan.steps if step.operator is not None)


def plan_plain_c(graph: Graph) -> PlainCPlan:
    """A plan for a model as plain C; raises NotSupported when the engine has no kernel for an operator."""
    check_size(graph.main)
    needs = network(graph.main)
    bound = lower_bound(Costs(needs, [tuple(itertools.chain(*task.variants)) for task in needs.tasks]))
    chosen = Costs(needs, _fast_enough(needs, round(bound * (1 + _FOR_SPEED))))
    enough = lower_bound(chosen)
    order, layout, search = _best(chosen, enough)
    return PlainCPlan(
        _plan(needs, order, search.blocks, layout),
        tuple(layout.accesses[task] for task in order),
        bound,
    )


def _fast_enough(needs: Network, most: int) -> list[tuple[Access, ...]]:
    """For each task, the fastest variant with which it stays within ``most`` bytes, else the one with least scratch."""
    chosen = [task.variants[-1] for task in needs.tasks]
    for place in reversed(range(max((len(task.variants) for task in needs.tasks), default=0))):
        tried = [task.variants[min(place, len(task.variants) - 1)] for task in needs.tasks]
        for number, bound in enumerate(task_bounds(Costs(needs, tried))):
            if bound <= most:
                chosen[number] = tried[number]
    return chosen


def _best(costs: Costs, enough: int) -> tuple[tuple[int, ...], Layout, Search]:
    """The model's own order of operators, unless another gives a smaller plan."""
    own = tuple(range(len(costs.network.tasks)))
    found = []
    for order in dict.fromkeys((own, best_order(costs))):
        search = Search(costs.network, costs.accesses, order)
        found.append((order, search.run(enough), search))
        if found[-1][1].bytes <= enough:
            break
    return min(found, key=lambda one: one[1].bytes)


def _plan(needs: Network, order: Sequence[int], blocks: Sequence[Block], layout: Layout) -> MemoryPlan:
    steps = tuple(Step(0, needs.tasks[task].operator.index, needs.tasks[task].operator.name) for task in order)
    placements = tuple(
        _placement(needs, steps, block, offset) for block, offset in zip(blocks, layout.offsets, strict=True)
    )
    peak = min((p.first_op for p in placements if p.end > layout.bytes - ALIGNMENT), default=0)
    live_set_bytes, live_set_op = live_set(placements)
    return MemoryPlan(placements, layout.bytes, max(peak, 0), live_set_bytes, live_set_op, steps)


def _placement(needs: Network, steps: Sequence[Step], block: Block, offset: int) -> Placement:
    if block.storage is None:
        name = f"scratch of {steps[block.first].name}"
        return Placement(name, None, offset, block.bytes, block.first, block.last)
    first, *others = needs.storages[block.storage].tensors
    return Placement(
        first.name,
        first.index,
        offset,
        block.bytes,
        block.first,
        block.last,
        reshaped=tuple(tensor.index for tensor in others),
    )
