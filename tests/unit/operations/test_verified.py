"""A verification is found again for the very same model, core, option and generator, and for nothing else."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from workbench.boards import find_board
from workbench.graph.read import read_graph
from workbench.memory.fit import PLAIN_C, report
from workbench.memory.use import PartKind
from workbench.operations import verified
from workbench.operations.cycle_factor import remember_cycle_factor
from workbench.target.core import target_core
from workbench.target.cycles import InstructionMix
from workbench.target.image_file import FlashSizes
from workbench.target.verify import RamSizes, StepCount, Verification

FOUND = Verification(
    core="cortex-m4",
    compiler="a compiler",
    option="speed",
    bit_exact=True,
    against="another program",
    difference="",
    windows=20,
    instructions=1000,
    cycles=1500.0,
    cycles_low=1200.0,
    cycles_high=1800.0,
    cycles_source="a table",
    flash=FlashSizes(code=700, weights=520, constants=40),
    ram=RamSizes(arena=96, static=4, stack=120),
    per_operator=(StepCount(0, "FULLY_CONNECTED", 900, 1400.0, 512), StepCount(None, "between the steps", 100, 100, 0)),
    mix=InstructionMix(400, 300, 300),
    windows_from="random bytes",
)
M4 = find_board("nano33ble_sense")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_result_is_found_for_the_same_question_only(monkeypatch: pytest.MonkeyPatch) -> None:
    verified.keep(b"model", FOUND, target_core("cortex-m4", fpu=M4.core.fpu != "none"), None)
    assert verified.known(b"model", M4, "speed") == FOUND
    assert verified.known(b"model", M4, "size") is None
    assert verified.known(b"another", M4, "speed") is None
    assert verified.known(b"model", find_board("pico"), "speed") is None
    monkeypatch.setattr(verified, "_generator", lambda: "changed")
    assert verified.known(b"model", M4, "speed") is None


def test_a_board_that_was_measured_since_needs_a_result_of_its_own() -> None:
    verified.keep(b"model", FOUND, target_core("cortex-m4", fpu=M4.core.fpu != "none"), None)
    remember_cycle_factor(M4.id, measured=3.0, modelled=2.0)
    assert verified.known(b"model", M4, "speed") is None


def test_a_damaged_result_is_none(own_cache: Path) -> None:
    verified.keep(b"model", FOUND, target_core("cortex-m4", fpu=M4.core.fpu != "none"), None)
    (path,) = (own_cache / "verified").iterdir()
    path.write_bytes(b'{"flash": 3}')
    assert verified.known(b"model", M4, "speed") is None


def test_the_memory_report_shows_what_was_compiled(shared: Path) -> None:
    graph = read_graph((shared / "models" / "mlperf_ad01_int8.tflite").read_bytes())
    found = report(graph, M4, PLAIN_C, compiled=verified.compiled(FOUND))
    flash, ram = found.flash, found.ram
    assert flash.of_kind(PartKind.CODE) == 700
    assert flash.of_kind(PartKind.WEIGHTS) == 512
    assert flash.of_kind(PartKind.CODE, PartKind.WEIGHTS, PartKind.MODEL) == FOUND.flash.total
    assert flash.low == flash.used == flash.high and "a compiler" in flash.note
    assert ram.of_kind(PartKind.ARENA) == 96 and ram.of_kind(PartKind.STACK) > 120
    estimated = report(graph, M4, PLAIN_C)
    assert estimated.flash.low < estimated.flash.used < estimated.flash.high


def test_constants_that_operators_share_are_counted_once() -> None:
    twice = dataclasses.replace(FOUND, per_operator=tuple(StepCount(number, "ADD", 1, 1.0, 512) for number in range(2)))
    sizes = verified.compiled(twice)
    assert sizes.code + sum(sizes.weights.values()) + sizes.constants == FOUND.flash.total
