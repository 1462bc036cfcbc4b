"""In which order the operators run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.memory.plain_c.access import Access
from workbench.memory.plain_c.storage import Network

# The search takes about tasks x tasks x states steps; this many are done in a fraction of a second.
_MOST_STEPS = 100_000
_MOST_STATES = 64


@dataclass(frozen=True)
class Costs:
    """How many bytes a task needs while it runs, with the accesses chosen for each task."""

    network: Network
    accesses: Sequence[tuple[Access, ...]]

    @cached_property
    def _known(self) -> dict[tuple[int, frozenset[int]], int]:
        return {}

    def running(self, task: int, dying: frozenset[int]) -> int:
        """The fewest bytes for the task's scratch, outputs and the inputs among the storages ``dying``."""
        if (task, dying) not in self._known:
            places = frozenset(place for place, storage in self.network.tasks[task].reads if storage in dying)
            # A storage read at two places is counted once.
            shared = _first_places(self.network.tasks[task].reads)
            self._known[task, dying] = min(
                access.scratch_bytes + access.needed(places & shared) for access in self.accesses[task]
            )
        return self._known[task, dying]


def _first_places(reads: Sequence[tuple[int, int]]) -> frozenset[int]:
    return frozenset({storage: place for place, storage in reversed(reads)}.values())


@dataclass(frozen=True)
class _State:
    """Some tasks done: the most bytes needed so far, the bytes alive now, which tasks (as bits), and in what order."""

    peak: int
    alive: int
    done: int
    order: tuple[int, ...]


def best_order(costs: Costs) -> tuple[int, ...]:
    """An order of the tasks that needs few bytes: the model's own unless another needs less.

    A beam search: of all partly done orders, those that got by with the fewest bytes are kept. It is exact for
    networks with few branches, because two states with the same tasks done differ in their peak alone.
    """
    tasks, ancestors = costs.network.tasks, costs.network.ancestors
    own = _run(costs, range(len(tasks)))
    states = [_start(costs)]
    width = min(_MOST_STATES, _MOST_STEPS // max(len(tasks), 1) ** 2)
    if not width:
        return own.order
    for _ in tasks:
        reached: dict[int, _State] = {}
        for state in states:
            for task in tasks:
                if not state.done >> task.number & 1 and not ancestors[task.number] & ~state.done:
                    after = _step(costs, state, task.number)
                    if after.done not in reached or after.peak < reached[after.done].peak:
                        reached[after.done] = after
        states = sorted(reached.values(), key=lambda state: (state.peak, state.alive, state.order))[:width]
    return states[0].order if states[0].peak < own.peak else own.order


def _start(costs: Costs) -> _State:
    alive = sum(s.bytes for s in costs.network.storages if s.made_by is None and (s.needed_by or s.kept))
    return _State(alive, alive, 0, ())


def _run(costs: Costs, order: Sequence[int]) -> _State:
    state = _start(costs)
    for task in order:
        state = _step(costs, state, task)
    return state


def _step(costs: Costs, state: _State, number: int) -> _State:
    task, storages = costs.network.tasks[number], costs.network.storages
    done = state.done | 1 << number
    dying = frozenset(
        storage for _, storage in task.reads if not storages[storage].kept and not costs.network.users[storage] & ~done
    )
    alive = state.alive - sum(storages[storage].bytes for storage in dying)
    needed = alive + costs.running(number, dying)
    alive += sum(storages[s].bytes for _, s in task.writes if storages[s].needed_by or storages[s].kept)
    return _State(max(state.peak, needed), alive, done, (*state.order, number))
