"""The parts of a take have one rate, unless the board has changed it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from workbench.capture.clock import BOARD, COMPUTER, GIVEN, NOBODYS, Clock
from workbench.capture.common_rate import with_common_rate
from workbench.capture.status import TakePart
from workbench.project.model import Channel

LONG = TakePart(Path("a"), "a", (Channel("x"),), 200.0, 0.02, 2000)


def test_a_short_part_has_the_rate_of_the_long_one() -> None:
    short = dataclasses.replace(LONG, rate_hz=197.0, rate_plus_minus_hz=6.0, rows=50)
    parts = with_common_rate([LONG, short])
    assert parts[0].rate_hz == parts[1].rate_hz == pytest.approx(200.0, abs=1e-3)
    assert parts[0].rate_plus_minus_hz == pytest.approx(0.02, rel=1e-3)
    assert [part.rows for part in parts] == [2000, 50]


def test_two_that_are_known_as_well_meet_in_the_middle_and_are_known_better() -> None:
    first, second = with_common_rate([LONG, dataclasses.replace(LONG, rate_hz=200.02)])
    assert first.rate_hz == second.rate_hz == pytest.approx(200.01)
    assert first.rate_plus_minus_hz == pytest.approx(0.02 / 2**0.5)


@pytest.mark.parametrize(("clock", "hz"), [(NOBODYS, 1.0), (COMPUTER, 150.0)])
def test_readings_that_came_all_at_once_take_the_rate_over(clock: Clock, hz: float) -> None:
    lump = dataclasses.replace(LONG, rate_hz=hz, rate_plus_minus_hz=None, rows=7, clock=clock)
    for parts in (with_common_rate([LONG, lump]), with_common_rate([lump, LONG])[::-1]):
        assert [(part.rate_hz, part.clock) for part in parts] == [(200.0, COMPUTER)] * 2


def test_another_rate_other_channels_and_another_clock_stay() -> None:
    others = [
        dataclasses.replace(LONG, rate_hz=100.0),
        dataclasses.replace(LONG, rate_hz=2000.0, rate_plus_minus_hz=None),
        dataclasses.replace(LONG, channels=(Channel("y"),), rate_hz=200.01),
        dataclasses.replace(LONG, clock=BOARD, rate_hz=200.01),
    ]
    assert with_common_rate([LONG, *others]) == [LONG, *others]


def test_a_rate_that_was_set_stays() -> None:
    parts = [dataclasses.replace(LONG, rate_plus_minus_hz=0.0, clock=GIVEN)] * 2
    assert with_common_rate(parts) == parts
