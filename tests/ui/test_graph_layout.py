"""Networks are laid out so that nothing lies on anything else."""

from __future__ import annotations

import itertools
import random

from workbench.ui.widgets.graph_layout import LANE, lay_out


def test_a_chain_is_a_straight_line() -> None:
    layout = lay_out([100.0] * 4, [(0, 1), (1, 2), (2, 3)])
    assert layout.rank == (0, 1, 2, 3)
    assert max(layout.x) - min(layout.x) < 1e-6


def test_a_skip_connection_runs_beside_what_it_skips() -> None:
    layout = lay_out([100.0] * 4, [(0, 1), (1, 2), (0, 3), (2, 3)])
    for node, lane in zip((1, 2), layout.lanes[2], strict=True):
        assert abs(layout.x[node] - lane) >= (100 + LANE) / 2 - 1e-6


def test_nothing_overlaps_in_a_wide_network_of_200() -> None:
    chance = random.Random(3)
    lines = sorted({(max(0, n - chance.randint(1, 12)), n) for n in range(1, 200) for _ in range(2)})
    layout = lay_out([100.0] * 200, lines)
    assert all(layout.rank[source] < layout.rank[target] for source, target in lines)
    for rank in set(layout.rank):
        row = sorted(x for x, at in zip(layout.x, layout.rank, strict=True) if at == rank)
        assert all(right - left >= 100 - 1e-6 for left, right in itertools.pairwise(row))


def test_nothing_at_all() -> None:
    assert lay_out([], []).x == ()
