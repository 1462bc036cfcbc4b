"""What no other beats."""

from __future__ import annotations

import numpy as np

from workbench.compression.pareto import dominates, pareto_front


def test_better_somewhere_and_nowhere_worse() -> None:
    assert dominates((1, 2), (1, 3))
    assert not dominates((1, 2), (1, 2))
    assert not dominates((1, 4), (2, 3))


def test_the_front_of_many_points_is_what_nothing_dominates() -> None:
    points = np.random.default_rng(3).integers(0, 6, (60, 3)).tolist()
    front = pareto_front(points)
    for place, point in enumerate(points):
        beaten = any(dominates(other, point) for other in points)
        twin = any(points[earlier] == point for earlier in range(place))
        assert (place in front) == (not beaten and not twin)
    assert pareto_front([]) == []
