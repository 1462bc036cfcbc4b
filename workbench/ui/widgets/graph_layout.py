"""Where the nodes of a network and the lines between them go: in ranks, from the top down.

A node's rank is one more than the highest among those it follows. A line that passes ranks gets a lane of its own in
each, so that it is seen beside the nodes and never runs through one. Within a rank, nodes and lanes are ordered by
where their neighbours lie (the barycentre heuristic of Sugiyama, Tagawa and Toda, 1981), then placed as near to them
as their widths allow, which is an isotonic regression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LANE = 18.0  # width of a lane; nodes give their own
_SWEEPS = 6


@dataclass(frozen=True)
class GraphLayout:
    """Each node's middle and rank, and for each line the middles of the lanes it takes, by rank."""

    x: tuple[float, ...]
    rank: tuple[int, ...]
    lanes: tuple[tuple[float, ...], ...]


@dataclass
class _Cell:
    """A node (``node``) or a lane in one rank."""

    width: float
    weight: float
    node: int | None
    above: list[_Cell]
    below: list[_Cell]
    x: float = 0.0


def lay_out(widths: Sequence[float], lines: Sequence[tuple[int, int]]) -> GraphLayout:
    """Lay nodes of these widths out; ``lines`` run from a node to one with a higher number."""
    ranks = _ranks(len(widths), lines)
    rows: list[list[_Cell]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    nodes = [_Cell(width, 4.0, number, [], []) for number, width in enumerate(widths)]
    for cell, rank in zip(nodes, ranks, strict=True):
        rows[rank].append(cell)
    lanes = _add_lanes(nodes, ranks, rows, lines)
    for _ in range(_SWEEPS):
        _order(rows)
    for row in rows:
        _pack(row)
    for _ in range(_SWEEPS):
        for row in rows:
            _settle(row, upwards=True)
        for row in reversed(rows):
            _settle(row, upwards=False)
    return GraphLayout(
        tuple(cell.x for cell in nodes),
        tuple(ranks),
        tuple(tuple(cell.x for cell in taken) for taken in lanes),
    )


def _ranks(count: int, lines: Sequence[tuple[int, int]]) -> list[int]:
    ranks = [0] * count
    for source, target in sorted(lines, key=lambda line: line[1]):
        ranks[target] = max(ranks[target], ranks[source] + 1)
    # What follows nothing stands right above what needs it first.
    followers = {target for _, target in lines}
    for number in set(range(count)) - followers:
        ranks[number] = max(0, min((ranks[target] for source, target in lines if source == number), default=1) - 1)
    return ranks


def _add_lanes(
    nodes: Sequence[_Cell], ranks: Sequence[int], rows: Sequence[list[_Cell]], lines: Sequence[tuple[int, int]]
) -> list[list[_Cell]]:
    """The lanes each line takes; lines from one node share them as far as they go together."""
    shared: dict[int, list[_Cell]] = {}
    taken = []
    for source, target in lines:
        lanes = shared.setdefault(source, [])
        needed = max(0, ranks[target] - ranks[source] - 1)
        for rank in range(ranks[source] + 1 + len(lanes), ranks[target]):
            lane = _Cell(LANE, 1.0, None, [], [])
            _join(lanes[-1] if lanes else nodes[source], lane)
            lanes.append(lane)
            rows[rank].append(lane)
        _join(lanes[needed - 1] if needed else nodes[source], nodes[target])
        taken.append(lanes[:needed])
    return taken


def _join(upper: _Cell, lower: _Cell) -> None:
    upper.below.append(lower)
    lower.above.append(upper)


def _order(rows: Sequence[list[_Cell]]) -> None:
    """One sweep down and one up, each rank by the mean place of its neighbours."""
    for ranks, side in ((rows, "above"), (list(reversed(rows)), "below")):
        place: dict[int, float] = {}
        for row in ranks:
            for at, cell in enumerate(row):
                near = [place[id(other)] for other in getattr(cell, side)]
                cell.x = sum(near) / len(near) if near else float(at)
            row.sort(key=lambda cell: cell.x)
            place = {id(cell): float(at) for at, cell in enumerate(row)}


def _pack(row: Sequence[_Cell]) -> None:
    """Side by side, around 0."""
    x = -sum(cell.width for cell in row) / 2
    for cell in row:
        cell.x = x + cell.width / 2
        x += cell.width


def _settle(row: Sequence[_Cell], *, upwards: bool) -> None:
    """As near to the neighbours above (or below) as the order allows: pooling of adjacent violators."""
    pools: list[tuple[float, float, int]] = []  # (weighted mean, weight, cells) of cells that touch
    starts, start = [], 0.0
    for number, cell in enumerate(row):
        start += (row[number - 1].width + cell.width) / 2 if number else 0.0
        starts.append(start)
        near = cell.above if upwards else cell.below
        wanted = _mean(near) if near else cell.x
        mean, weight, count = wanted - start, cell.weight, 1
        while pools and pools[-1][0] >= mean:
            other, heavier, more = pools.pop()
            mean = (other * heavier + mean * weight) / (heavier + weight)
            weight, count = weight + heavier, count + more
        pools.append((mean, weight, count))
    cells = iter(zip(row, starts, strict=True))
    for mean, _, count in pools:
        for _ in range(count):
            cell, offset = next(cells)
            cell.x = mean + offset


def _mean(cells: Sequence[_Cell]) -> float:
    return sum(cell.x * cell.weight for cell in cells) / sum(cell.weight for cell in cells)
