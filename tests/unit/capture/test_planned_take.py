"""Takes that begin and end by themselves: counted in readings, with what came before the trigger."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.capture.planned_take import PlannedTake
from workbench.capture.rate import Rate
from workbench.capture.recorder import TakePlan
from workbench.capture.status import TakeStage
from workbench.capture.trigger import Edge, Trigger
from workbench.capture.wire.parser import Rows
from workbench.project.model import Channel
from workbench.project.samples import read_samples

RATE = Rate(100.0, 0.01, 0.001, 0.0)
XY = (Channel("x"), Channel("n"))


class Stream:
    """Readings of x, and their numbers, in lumps of any size at 100 Hz."""

    def __init__(self, x: list[float] | np.ndarray) -> None:
        self.rows = np.stack((np.asarray(x, np.float32), np.arange(len(x), dtype=np.float32)), axis=1)

    def into(self, take: PlannedTake, lump: int = 7, rate: Rate | None = RATE, after: int = 0) -> None:
        for at in range(0, len(self.rows), lump):
            values = self.rows[at : at + lump]
            read_s = (after + at + len(values)) / 100
            take.write(Rows(XY, values), 0, read_s, rate)
            take.keep_safe(read_s)


def numbers(take: PlannedTake) -> list[int]:
    (part,) = take.close(0).parts
    return [int(n) for n in read_samples(part.path)[:, 1]]


def step_at(row: int, rows: int = 1000) -> np.ndarray:
    return np.where(np.arange(rows) >= row, 5.0, 0.0)


@settings(max_examples=60, deadline=None)
@given(
    lump=st.integers(1, 400),
    at=st.integers(1, 700),
    before=st.integers(0, 120),
    after=st.integers(1, 150),
)
def test_a_take_is_what_lies_around_the_crossing_whatever_the_lumps(
    lump: int, at: int, before: int, after: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("take") / "a.arrow"
    trigger = Trigger("x", 1.0, before_s=before / 100)
    take = PlannedTake(TakePlan(path, "wave", seconds=after / 100, trigger=trigger))
    Stream(step_at(at)).into(take, lump)
    if at < before:  # it fired before all that is to stand ahead of it had come
        assert take.stage is TakeStage.WAITING
        assert take.close(0).parts == ()
        return
    assert take.stage is TakeStage.COMPLETE
    assert numbers(take) == list(range(at - before, at + after))


@pytest.mark.parametrize(
    ("edge", "level", "values", "fires"),
    [
        ("above", 1.0, [0, 0, 2, 0], 2),
        ("above", 1.0, [2, 2, 2, 2], None),
        ("above", 1.0, [2, 0, 0, 3], 3),
        ("below", -1.0, [0, -2, 0, 0], 1),
        ("beyond", 1.0, [0, 0.5, -2, 0], 2),
        ("beyond", 1.0, [-2, 2, -2, 2], None),
    ],
)
def test_only_a_crossing_fires(edge: Edge, level: float, values: list[float], fires: int | None) -> None:
    trigger = Trigger("x", level, edge)
    assert trigger.crossing(np.array(values, np.float32), None) == fires


def test_a_fixed_length_is_exact(tmp_path: Path) -> None:
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave", seconds=2.0))
    Stream(np.zeros(1000)).into(take)
    assert take.stage is TakeStage.COMPLETE
    assert numbers(take) == list(range(200))


def test_without_a_rate_its_length_is_by_the_clock(tmp_path: Path) -> None:
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave", seconds=2.0))
    Stream(np.zeros(1000)).into(take, lump=10, rate=None)
    assert take.stage is TakeStage.COMPLETE
    assert take.rows == 200


def test_without_a_rate_a_trigger_waits(tmp_path: Path) -> None:
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave", trigger=Trigger("x", 1.0)))
    Stream(step_at(50, 100)).into(take, rate=None)
    assert (take.stage, take.rows) == (TakeStage.WAITING, 0)
    assert take.awaited == "waiting for x above 1"


def test_a_length_is_that_of_the_rate_it_is_kept_with(tmp_path: Path) -> None:
    """Whatever the stream was thought to send when the take began."""
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave", seconds=3.0))
    Stream(np.zeros(120)).into(take, rate=None)
    Stream(np.zeros(1000)).into(take, rate=dataclasses.replace(RATE, hz=97.0, plus_minus_hz=4.0), after=120)
    assert take.stage is TakeStage.COMPLETE
    (part,) = take.close(0).parts
    assert part.rate_hz == pytest.approx(100, rel=1e-3)
    assert part.rows / part.rate_hz == pytest.approx(3.0, abs=0.011)


def test_after_a_trigger_it_ends_by_the_clock_too_while_the_rate_is_known_roughly(tmp_path: Path) -> None:
    trigger = Trigger("x", 1.0, before_s=0.5)
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave", seconds=1.0, trigger=trigger))
    Stream(step_at(200)).into(take, lump=5, rate=dataclasses.replace(RATE, plus_minus_hz=20.0))
    assert take.stage is TakeStage.COMPLETE
    assert take.rows == pytest.approx(150, abs=5)


def test_damaged_readings_and_a_gap_took_their_time_too(tmp_path: Path) -> None:
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave", seconds=3.0))
    for number in range(100):  # lumps of ten readings, one of them damaged, a second of them missing
        if number == 10:
            take.end_part()
        read_s = (number + (10 if number >= 10 else 0)) / 10
        take.write(Rows(XY, np.zeros((9, 2), np.float32)), 1, read_s, RATE)
    assert take.stage is TakeStage.COMPLETE
    assert take.rows == 20 * 9  # in three seconds come thirty lumps, less ten in the gap


def test_a_take_to_which_nothing_more_comes_ends_and_says_so(tmp_path: Path) -> None:
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave", seconds=20.0))
    Stream(np.zeros(800)).into(take)
    stages = []
    for now_s in (21.5, 22.5):
        take.keep_safe(now_s)
        stages.append(take.stage)
    assert stages == [TakeStage.RUNNING, TakeStage.COMPLETE]
    assert take.close(0).note == "It was to last 20.0\u2009s, but readings of only 8.0\u2009s came."


@pytest.mark.parametrize(
    ("edge", "level", "values", "words"),
    [
        ("above", 5.0, [1, 3, 2], "waiting for x above 5: it is 2.00 now, at most 3.00 so far"),
        ("below", -5.0, [1, -3, 2], "waiting for x below -5: it is 2.00 now, at least -3.00 so far"),
        ("beyond", 5.0, [1, -3, 2], "waiting for x beyond 5: it is 2.00 now, at most ±3.00 so far"),
        ("above", 1.0, [7, 7, 7], "waiting for x above 1: it is 7.00 now, above it already; only a crossing counts"),
    ],
)
def test_a_trigger_that_waits_says_how_far_the_signal_is(
    edge: Edge, level: float, values: list[float], words: str, tmp_path: Path
) -> None:
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave", trigger=Trigger("x", level, edge)))
    Stream(np.array(values)).into(take, lump=1)
    assert take.awaited == words


def test_without_plan_it_records_at_once_and_until_it_is_ended(tmp_path: Path) -> None:
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave"))
    assert take.stage is TakeStage.RUNNING
    Stream(np.zeros(500)).into(take, rate=None)
    assert numbers(take) == list(range(500))


def test_what_lies_before_a_gap_is_not_put_in_front_of_a_trigger(tmp_path: Path) -> None:
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave", seconds=0.1, trigger=Trigger("x", 1.0, before_s=0.5)))
    Stream(np.zeros(100)).into(take)
    take.end_part()
    Stream(step_at(30, 100)).into(take)
    assert take.rows == 0
    Stream(step_at(60, 100)).into(take)
    assert take.stage is TakeStage.COMPLETE


def test_the_wait_keeps_no_more_than_it_needs(tmp_path: Path) -> None:
    take = PlannedTake(TakePlan(tmp_path / "a.arrow", "wave", trigger=Trigger("x", 1.0, before_s=0.5)))
    Stream(np.zeros(5000)).into(take)
    assert take._held < 70
