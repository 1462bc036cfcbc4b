"""Where the storages lie: a search over placements that lets outputs overlap the inputs they replace."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbench.memory.plain_c.access import Access, Handover
from workbench.memory.plain_c.storage import ALIGNMENT, Network

# Looks at pairs of blocks in all; a fraction of a second.
_MOST_LOOKS = 80_000
_MOST_ROUNDS = 400


@dataclass(frozen=True)
class Block:
    """Bytes to place: a storage, or (``storage`` None) the scratch of the step in which it is alive.

    Alive from step ``first`` to step ``last``, both inclusive; -1 is the time before the first operator.
    """

    storage: int | None
    bytes: int
    alignment: int
    first: int
    last: int

    def meets(self, other: Block) -> bool:
        """Whether both are alive at one step."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Layout:
    """The offset of each block, and the access each task takes with it."""

    offsets: tuple[int, ...]
    accesses: tuple[Access, ...]
    bytes: int


def blocks(network: Network, accesses: Sequence[tuple[Access, ...]], order: Sequence[int]) -> list[Block]:
    """All blocks when the tasks run in this order: the storages by number, then the scratch step by step."""
    step_of = {task: step for step, task in enumerate(order)}
    found = []
    for storage in network.storages:
        first = -1 if storage.made_by is None else step_of[storage.made_by]
        last = max((step_of[task] for task in storage.needed_by), default=first)
        found.append(
            Block(storage.number, storage.bytes, storage.alignment, first, len(order) - 1 if storage.kept else last)
        )
    for step, task in enumerate(order):
        scratch = accesses[task][0].scratch_bytes
        if scratch:
            found.append(Block(None, scratch, ALIGNMENT, step, step))
    return found


class Search:
    """Places blocks one after the other, each as low as it can; tries sequences until one reaches ``enough`` bytes."""

    def __init__(self, network: Network, accesses: Sequence[tuple[Access, ...]], order: Sequence[int]) -> None:
        self.accesses = accesses
        self.blocks = blocks(network, accesses, order)
        # Pairs that share a step: they must lie apart, unless one is written where the other is read last.
        self.handovers: dict[tuple[int, int], tuple[int, list[list[Handover]]]] = {}
        self._find_handovers(network, order)
        self.neighbours: list[list[int]] = [[] for _ in self.blocks]
        by_first = sorted(range(len(self.blocks)), key=lambda number: self.blocks[number].first)
        alive: list[int] = []
        for number in by_first:
            alive = [other for other in alive if self.blocks[other].last >= self.blocks[number].first]
            for other in alive:
                self.neighbours[number].append(other)
                self.neighbours[other].append(number)
            alive.append(number)

    def _find_handovers(self, network: Network, order: Sequence[int]) -> None:
        step_of = {task: step for step, task in enumerate(order)}
        for task in network.tasks:
            for (place, source), (target_place, target) in itertools.product(task.reads, task.writes):
                if network.storages[source].kept or self.blocks[source].last != step_of[task.number]:
                    continue
                _, limits = self.handovers.setdefault(
                    (source, target), (task.number, [[] for _ in self.accesses[task.number]])
                )
                for limit, access in zip(limits, self.accesses[task.number], strict=True):
                    if (place, target_place) in access.handovers:
                        limit.append(access.handovers[place, target_place])

    def run(self, enough: int) -> Layout:
        """The best layout found; the same for the same network."""
        chance = random.Random(0)  # noqa: S311  # a search, not a secret
        pairs = sum(len(near) for near in self.neighbours)
        rounds = max(4, min(_MOST_ROUNDS, _MOST_LOOKS // (pairs + len(self.blocks) + 1)))
        first, *others = self._first_sequences()
        best, sequence = self.placed(first), first
        for number in range(1, rounds):
            if best.bytes <= enough:
                break
            candidate = others[number - 1] if number <= len(others) else self._varied(sequence, best, chance)
            layout = self.placed(candidate)
            if layout.bytes <= best.bytes:
                best, sequence = layout, candidate
        return best

    def _first_sequences(self) -> Iterable[list[int]]:
        """By size; by the bytes alive with each block; outwards in time from where most is alive."""
        numbers = range(len(self.blocks))
        together = [
            self.blocks[n].bytes + sum(self.blocks[other].bytes for other in self.neighbours[n]) for n in numbers
        ]
        yield sorted(numbers, key=lambda n: -self.blocks[n].bytes)
        yield sorted(numbers, key=lambda n: (-together[n], -self.blocks[n].bytes))
        if numbers:
            middle = self.blocks[max(numbers, key=lambda n: together[n])].first
            yield sorted(numbers, key=lambda n: (_distance(self.blocks[n], middle), -self.blocks[n].bytes))

    def _varied(self, sequence: Sequence[int], best: Layout, chance: random.Random) -> list[int]:
        """A sequence like the best so far, with one of the highest blocks, or any, brought forward."""
        varied = list(sequence)
        if not varied:
            return varied
        ends = [offset + block.bytes for offset, block in zip(best.offsets, self.blocks, strict=True)]
        highest = [number for number in varied if ends[number] + ALIGNMENT > best.bytes]
        moved = chance.choice(highest if chance.random() < 0.5 else varied)
        varied.remove(moved)
        varied.insert(chance.randrange(len(varied) + 1) if chance.random() < 0.5 else 0, moved)
        return varied

    def placed(self, sequence: Sequence[int]) -> Layout:
        """The layout when blocks are placed in this sequence."""
        offsets: list[int | None] = [None] * len(self.blocks)
        # The accesses each task can still take, by their place in self.accesses.
        open_to = [list(range(len(accesses))) for accesses in self.accesses]
        for number in sequence:
            offset = self._lowest(number, offsets, open_to)
            offsets[number] = offset
            for other in self.neighbours[number]:
                task, limits = self._handover(number, other)
                at = offsets[other]
                if limits and at is not None:
                    distance = at - offset if (number, other) in self.handovers else offset - at
                    open_to[task] = [a for a in open_to[task] if all(limit.allows(distance) for limit in limits[a])]
        done = tuple(offset or 0 for offset in offsets)
        ends = (offset + block.bytes for offset, block in zip(done, self.blocks, strict=True))
        return Layout(
            done,
            tuple(accesses[choice[0]] for accesses, choice in zip(self.accesses, open_to, strict=True)),
            _aligned(max(ends, default=0), ALIGNMENT),
        )

    def _handover(self, one: int, other: int) -> tuple[int, list[list[Handover]]]:
        """The task between two blocks and the limits of each of its accesses; no limits when they must lie apart."""
        return self.handovers.get((one, other)) or self.handovers.get((other, one)) or (-1, [])

    def _lowest(self, number: int, offsets: Sequence[int | None], open_to: Sequence[Sequence[int]]) -> int:
        """The lowest offset for a block beside those that have theirs, over all accesses still open."""
        block = self.blocks[number]
        closed: list[tuple[int, int]] = []  # runs of offsets, both ends included
        by_task: dict[int, list[list[tuple[int, int]]]] = {}  # the runs that each access of a task closes
        for other in self.neighbours[number]:
            at = offsets[other]
            if at is None:
                continue
            task, limits = self._handover(number, other)
            if not limits:
                closed.append((at - block.bytes + 1, at + self.blocks[other].bytes - 1))
                continue
            runs = by_task.setdefault(task, [[] for _ in self.accesses[task]])
            for run, limits_of_access in zip(runs, limits, strict=True):
                for limit in limits_of_access:
                    run.extend(_closed(limit, at, block_is_input=(number, other) in self.handovers))
        choices = [[runs[access] for access in open_to[task]] for task, runs in by_task.items()]
        return min(
            _first_open([*closed, *itertools.chain.from_iterable(chosen)], block.alignment)
            for chosen in itertools.product(*choices)
        )


def _closed(limit: Handover, at: int, *, block_is_input: bool) -> list[tuple[int, int]]:
    """The offsets a handover rules out for a block beside another that lies ``at``."""
    if block_is_input:
        low, high = at - limit.lowest_above + 1, at - limit.highest_below - 1
    else:
        low, high = at + limit.highest_below + 1, at + limit.lowest_above - 1
    if low > high:
        return []
    return [(low, at - 1), (at + 1, high)] if limit.in_place else [(low, high)]


def _first_open(closed: Sequence[tuple[int, int]], alignment: int) -> int:
    """The lowest offset that no run covers."""
    candidate = 0
    for low, high in sorted(closed):
        if low > candidate:
            # Runs are sorted: all others start later still.
            return candidate
        if high >= candidate:
            candidate = _aligned(high + 1, alignment)
    return candidate


def _aligned(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment


def _distance(block: Block, step: int) -> int:
    """Steps between a block's lifetime and a step."""
    return max(block.first - step, step - block.last, 0)
