"""A lower bound for the arena of any plan, overlapping ones included."""

from __future__ import annotations

from workbench.memory.plain_c.schedule import Costs
from workbench.memory.plain_c.storage import ALIGNMENT, bits_of


def lower_bound(costs: Costs) -> int:
    """Bytes below which no plan can come, in any order of the operators, with any placement.

    Proof. Take any plan that works, and any operator in it. While it runs, these hold values that are still needed:

    1. Storages that the operator neither reads nor writes, but that are written before it in every order (their maker
       is among its ancestors, or they are inputs of the model) and read after it in every order (a reader is among its
       descendants, or they are outputs of the model). All their bytes.
    2. Its inputs that are also read by a descendant or are outputs of the model. All their bytes.
    3. Its scratch.
    4. Of its other inputs, the bytes still to be read, and of its outputs, the bytes already written.

    No two of these bytes can be at the same address at the same moment, since each would destroy the other. Group 4
    depends on the moment alone, not on the places, so its largest sum over all moments (Access.needed) is needed in
    any placement. An operator may use any of the accesses it is given here, hence the least over them; and since the
    operator was any, the largest sum over all operators is a bound. So is the sum of the model's inputs, all alive
    before the first operator, and that of its outputs after the last. A plan is a multiple of ALIGNMENT.
    """
    storages = costs.network.storages
    inputs = sum(s.bytes for s in storages if s.made_by is None)
    outputs = sum(s.bytes for s in storages if s.kept)
    return -(-max(inputs, outputs, *task_bounds(costs), 0) // ALIGNMENT) * ALIGNMENT


def task_bounds(costs: Costs) -> list[int]:
    """The bound that each task alone sets."""
    tasks, storages = costs.network.tasks, costs.network.storages
    ancestors, descendants = costs.network.ancestors, costs.network.descendants
    staying = [0] * len(tasks)
    needed_after: list[int] = []  # by storage: the tasks, as bits, after which it is still needed in every order
    for storage in storages:
        everywhere = (1 << len(tasks)) - 1
        after = everywhere if storage.kept else 0
        for user in storage.needed_by:
            after |= ancestors[user]
        needed_after.append(after)
        through = after & (everywhere if storage.made_by is None else descendants[storage.made_by])
        for task in bits_of(through):
            staying[task] += storage.bytes
    dying = (
        frozenset(storage for _, storage in task.reads if not needed_after[storage] >> task.number & 1)
        for task in tasks
    )
    return [staying[task.number] + costs.running(task.number, gone) for task, gone in zip(tasks, dying, strict=True)]
