"""Addresses that generated code loads from and stores to: an emulator takes any, a board does not.

Armv6-M faults at every access that is not aligned to its size; Armv7-M takes single loads and stores of the core at any
address, unless a program forbids it, and faults at those of several registers, of a pair and of the float unit
(Armv7-M Architecture Reference Manual, A3.2.1).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from random_networks import random_network

from workbench.codegen.generated import Option
from workbench.codegen.network import Network
from workbench.graph.read import read_graph
from workbench.target.build import build
from workbench.target.core import TargetCore, target_core
from workbench.target.image_file import ImageFile, read_image
from workbench.target.toolchain import Toolchain, gcc, zig
from workbench.target.verify import random_windows

unicorn = pytest.importorskip("unicorn")
capstone = pytest.importorskip("capstone")
pytest.importorskip("ziglang")
arm = unicorn.arm_const

# Random networks that together use every kernel made for speed; the first has most of them.
SEEDS = (9, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in (1, 7, 8, 12)))
STACK, STOP = 0x20200000, 0x1FFF0000
SINGLE = {"ldr", "ldrh", "ldrsh", "str", "strh"}
IN_ASSEMBLY = {"model_gather_four", "model_depthwise_taps"}


def unaligned(target: TargetCore, seed: int, compiler: Toolchain | None = None) -> Iterator[tuple[str, str]]:
    """(instruction, function) of each instruction of the code for speed that takes an unaligned address."""
    generated = Network(read_graph(random_network(seed))).generate(Option.SPEED)
    file = read_image(build(generated, target, compiler=compiler or zig()).elf)
    machine = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
    machine.ctl_set_cpu_model(getattr(arm, f"UC_CPU_ARM_{target.emulator}"))
    for region in file.regions:
        start = region.address // 4096 * 4096
        machine.mem_map(start, (region.address + region.size - start + 4095) // 4096 * 4096)
        machine.mem_write(region.address, region.content)
    machine.mem_map(STACK - 0x10000, 0x10000)
    machine.mem_map(STOP, 4096)
    found: set[int] = set()

    def check(_: Any, __: int, address: int, size: int, ___: int, ____: Any) -> None:
        if address % min(size, 4):
            found.add(machine.reg_read(arm.UC_ARM_REG_PC))

    def call(function: str) -> int:
        machine.reg_write(arm.UC_ARM_REG_SP, STACK)
        machine.reg_write(arm.UC_ARM_REG_LR, STOP | 1)
        machine.emu_start(file.symbols[function][0] | 1, STOP)
        return int(machine.reg_read(arm.UC_ARM_REG_R0))

    for place, values in enumerate(random_windows(generated, 1)[0]):
        machine.mem_write(call("model_input" + (f"_{place + 1}" if place else "")), values)
    machine.hook_add(unicorn.UC_HOOK_MEM_READ | unicorn.UC_HOOK_MEM_WRITE, check)
    assert call("model_invoke") == 0
    yield from (_named(file, at) for at in found)


def _named(file: ImageFile, at: int) -> tuple[str, str]:
    code = file.code
    decoder = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB)
    instruction = next(decoder.disasm(code.content[at - code.address :][:4], at))
    return instruction.mnemonic.removesuffix(".w"), file.at(at) or ""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_core_that_faults_at_unaligned_addresses_never_gets_one(seed: int) -> None:
    assert list(unaligned(target_core("cortex-m0plus"), seed)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_elsewhere_only_single_loads_and_stores_take_them(seed: int) -> None:
    found = set(unaligned(target_core("cortex-m4"), seed))
    assert {instruction for instruction, _ in found} <= SINGLE, found
    if seed == SEEDS[0]:
        assert {function for _, function in found} >= IN_ASSEMBLY, "the test must see those there are"


@pytest.mark.nightly
def test_none_takes_them_when_the_compiler_is_told_so() -> None:
    core = target_core("cortex-m4")
    compiler = gcc(core)
    if compiler is None:
        pytest.skip("no arm-none-eabi-gcc")
    core = dataclasses.replace(core, flags={"gcc": (*core.flags["gcc"], "-mno-unaligned-access")})
    assert list(unaligned(core, 9, compiler)) == []
