"""The generated C of the reference models on an emulated Cortex-M4, against TensorFlow Lite Micro and others.

TensorFlow Lite Micro with CMSIS-NN at -O2 was measured on the same emulated core. What others published was measured by
them on a board, with its flash's wait states; the cycles beside it are modelled, without any.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workbench.errors import NotSupported
from workbench.graph.read import read_graph
from workbench.jobs import QuietJob
from workbench.operations.side_by_side import published
from workbench.operations.verify import verify_model
from workbench.operations.verify_wanted import Verify
from workbench.target.verify import Verification

Figure = Callable[[str, str, str], None]
CORE = "cortex-m4"
WARM_SECONDS = 10
FASTEST = 2  # of those that published


@dataclass(frozen=True)
class Promise:
    """What must hold for a model, and the goal: millions of instructions; bytes of arena and of code with constants."""

    model: str
    must: float
    goal: float
    arena: int
    code: int


PROMISES = (
    Promise("mlperf_kws_ref_int8", 4.0, 3.0, 8_700, 10_240),
    Promise("mlperf_vww_96_int8", 13.0, 6.1, 37_600, 12_288),
    Promise("mlperf_ic_resnet8_int8", 17.5, 13.4, 34_700, 12_288),
    Promise("mlperf_ad01_int8", 0.45, 0.35, 800, 4_096),
)


@pytest.mark.bench
@pytest.mark.parametrize("promise", PROMISES, ids=[promise.model for promise in PROMISES])
def test_reference_models(promise: Promise, shared: Path, figure: Figure) -> None:
    path = shared / "models" / f"{promise.model}.tflite"
    tflm = json.loads((shared / "models" / "tflm_memory.json").read_text())[promise.model]["tflm-cmsis"]
    try:
        verified(path, "speed")
    except NotSupported as error:
        pytest.skip(str(error))
    started = time.perf_counter()
    fast = verified(path, "speed")
    seconds = time.perf_counter() - started
    show_speed(promise, fast, tflm, figure)
    show_sizes(promise, fast, verified(path, "size"), tflm, figure)
    show_published(promise, fast, path, figure)
    figure(f"{promise.model}: generate, compile, emulate and verify, warm", f"{seconds:.1f} s", f"{WARM_SECONDS} s")


def verified(path: Path, option: str) -> Verification:
    found = verify_model(path, Verify(core=CORE, option=option), job=QuietJob())
    assert found.bit_exact, found.difference
    return found


def show_speed(promise: Promise, fast: Verification, tflm: Mapping[str, Any], figure: Figure) -> None:
    instructions = tflm["instructions_O2"]
    figure(
        f"{promise.model}: instructions (TensorFlow Lite Micro with CMSIS-NN: {instructions / 1e6:.3g} M)",
        f"{fast.instructions / 1e6:.3g} M, {fast.instructions / instructions:.0%}",
        f"{promise.must:g} M, goal {promise.goal:g} M",
    )


def show_sizes(
    promise: Promise, fast: Verification, small: Verification, tflm: Mapping[str, Any], figure: Figure
) -> None:
    arena = tflm["arena_required"]
    figure(
        f"{promise.model}: arena (TensorFlow Lite Micro: {arena:,} B)",
        f"{fast.ram.arena:,} B, {fast.ram.arena / arena:.0%}",
        f"{promise.arena:,} B",
    )
    text = tflm["code_text_O2"]
    code = fast.flash.code + fast.flash.constants
    figure(
        f"{promise.model}: code and its constants (TensorFlow Lite Micro with CMSIS-NN, code alone: {text:,} B)",
        f"{code:,} B, {code / text:.0%}",
        f"{promise.code:,} B",
    )
    figure(
        f"{promise.model}: code with the option size, of that with speed, {fast.flash.code:,} B",
        f"{small.flash.code:,} B, {small.flash.code / fast.flash.code:.0%}, "
        f"for {small.instructions / fast.instructions:.1f} times the instructions; "
        f"{small.flash.total:,} B of flash in all, of {fast.flash.total:,} B",
        "50%",
    )


def show_published(promise: Promise, fast: Verification, path: Path, figure: Figure) -> None:
    others = published(read_graph(path.read_bytes()))
    assert others is not None
    for name, seconds in sorted(others.seconds.items(), key=lambda item: item[1])[:FASTEST]:
        cycles = seconds * others.clock_hz
        figure(
            f"{promise.model}: cycles, modelled ({name}: {cycles / 1e6:.3g} M, {others.words})",
            f"{fast.cycles / 1e6:.3g} M ({fast.cycles_low / 1e6:.3g} to {fast.cycles_high / 1e6:.3g} M), "
            f"{fast.cycles / cycles:.0%}",
            "",
        )
