"""What an emulated core answers, counts and refuses."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from workbench.codegen.generated import Generated, GeneratedStep, Option, Port, SourceFile
from workbench.errors import MissingExtra, NotPossible
from workbench.target.build import FirmwareImage, build
from workbench.target.core import target_core
from workbench.target.cycles import instruction_mix
from workbench.target.emulator import Emulator

HEADER = """#include <stdint.h>
int8_t *model_input(void);
int model_invoke(void);
const int8_t *model_output(void);
"""
# 16 inputs, 16 outputs; op_0 adds one to each, op_1 does what the test wants.
SOURCE = """#include "model.h"
static uint8_t model_arena[32];
static float model_scale = 2.0f;
static __attribute__((noinline)) void op_0(void) {
    for (volatile int i = 0; i < 16; i++) model_arena[16 + i] = (uint8_t)(model_arena[i] + 1);
}
static __attribute__((noinline)) void op_1(void) { BODY; }
static void (*const steps[])(void) = {op_0, op_1};
int8_t *model_input(void) { return (int8_t *)model_arena; }
int model_invoke(void) { for (volatile int i = 0; i < 2; i++) steps[i](); return 0; }
const int8_t *model_output(void) { return (const int8_t *)model_arena + 16; }
"""
GIVEN = bytes(range(16))


def network(body: str = "for (volatile int i = 0; i < 100; i++) { }") -> Generated:
    port = Port("x", (1, 16), "int8", 1.0, 0)
    files = (SourceFile("model.h", HEADER), SourceFile("model.c", SOURCE.replace("BODY", body)))
    steps = tuple(GeneratedStep(f"op_{number}", number, "TEST") for number in range(2))
    return Generated("model", Option.SPEED, files, (port,), (port,), 32, steps)


def image(body: str | None = None, core: str = "cortex-m4") -> FirmwareImage:
    return build(network() if body is None else network(body), target_core(core))


def test_bytes_counts_and_stack() -> None:
    with Emulator(image()) as emulator:
        first = emulator.run([GIVEN])
        second = emulator.run([GIVEN])
    assert first.outputs == (bytes(range(1, 17)),)
    assert first.outputs == second.outputs and first.instructions == second.instructions, "every run alike"
    counted = first.blocks["runs"] * first.blocks["instructions"]
    assert int(counted.sum()) == first.instructions
    by_step = [int(counted[first.blocks["step"] == step].sum()) for step in range(3)]
    assert by_step[2] > 400 > by_step[1] > 16 * 5 > by_step[0] > 0
    assert 0 < first.stack_bytes < 64


def test_instructions_are_told_apart_by_what_they_do() -> None:
    mixes = []
    for more in ("", "push {r0-r3}; pop {r0-r3}; ldrd r0, r1, [sp]; mul r0, r0, r1; add r0, r0, r1"):
        body = f'__asm__ volatile("nop; {more}" ::: "r0", "r1")'
        with Emulator(image(body)) as emulator:
            mixes.append(instruction_mix(emulator.run([GIVEN]).blocks, emulator.file, target_core("cortex-m4")))
    without, found = mixes
    assert (found.moved - without.moved, found.multiplications - without.multiplications) == (4 + 4 + 2, 1)
    assert found.others == without.others + 1


def test_variables_have_their_first_values_and_the_float_unit_runs() -> None:
    with Emulator(image("model_scale = model_scale * 1.5f; model_arena[16] = (uint8_t)model_scale")) as emulator:
        assert [emulator.run([GIVEN]).outputs[0][0] for _ in range(2)] == [3, 4]
        assert emulator.file.static_bytes == 4 and emulator.file.arena_bytes == 32


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("*(volatile int *)0x40000000 = 1", "wrote 4 bytes outside its memory, at 0x40000000"),
        ("(void)*(volatile int *)0x40000000", "read 4 bytes outside"),
        ("*(volatile int *)((uintptr_t)op_0 & ~3u) = 1", "wrote to flash"),
        ("((void (*)(void))0x50000001)()", "jumped to 0x50000000"),
        ("*(volatile uint8_t *)(model_arena + 40) = 1", "wrote past its memory"),
        ('__asm__ volatile("udf #0")', "met an instruction"),
        ("volatile uint8_t big[1050000]; for (int i = 1049999; i > 0; i -= 99) big[i] = 1", "used up its stack"),
    ],
)
def test_what_a_board_would_not_survive_is_told(body: str, words: str) -> None:
    with Emulator(image(body)) as emulator, pytest.raises(NotPossible, match=words) as caught:
        emulator.run([GIVEN])
    assert "Cortex-M4" in str(caught.value)


def test_an_endless_run_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.target.emulator._MOST_INSTRUCTIONS", 1_000_000)
    endless = image("for (volatile int i = 0;; i++) { }")
    with Emulator(endless) as emulator, pytest.raises(NotPossible, match="without end"):
        emulator.run([GIVEN])


@pytest.mark.parametrize("missing", ["unicorn", "capstone", "elftools"])
def test_without_the_extra_one_clear_message(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = image()
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == missing else find(name, *rest))
    with pytest.raises(MissingExtra, match=r"tinyml-workbench\[target\]"):
        Emulator(made)


@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m33", "rv32imc"])
def test_every_kind_of_core_gives_the_same_bytes(core: str) -> None:
    with Emulator(image(core=core)) as emulator:
        run = emulator.run([GIVEN])
    assert np.frombuffer(run.outputs[0], np.uint8).tolist() == list(range(1, 17))
    assert run.instructions > 500
