"""Cycles of emulated code: each instruction by its kind, from a core's table in ``resources/cores.toml``.

cycles of a step = Σ blocks (runs · Σ instructions cycles + jumps · jump). Wait states and caches are not in it: they
belong to a board and are within the band, or in the factor that is remembered once a board was measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.target.core import CycleTable, TargetCore
from workbench.target.image_file import ImageFile

_SEVERAL = ("ldm", "stm", "pop", "push", "vldm", "vstm", "vpop", "vpush", "ldrd", "strd")
_LOADS = {"arm": ("ldr", "vldr"), "riscv": ("lw", "lh", "lb")}
_STORES = {"arm": ("str", "vstr"), "riscv": ("sw", "sh", "sb")}
_LONG = {"arm": ("smull", "umull", "smlal", "umlal", "umaal"), "riscv": ("mulh",)}
_MULTIPLIES = {"arm": ("mul", "mla", "mls", "smla", "smul", "smml", "smua", "smus", "vmul", "vfma"), "riscv": ("mul",)}
_DIVISIONS = {"arm": ("sdiv", "udiv", "vdiv", "vsqrt"), "riscv": ("div", "rem")}


def cycles_by_step(
    blocks: NDArray[np.void], file: ImageFile, core: TargetCore, counted: TargetCore
) -> dict[int, float]:
    """Cycles of one run by step (0 outside of all steps), without their band.

    ``blocks`` (dtype BLOCK of block_counts.py) were counted on the core ``counted``, which is ``core`` or stands in for
    it.
    """
    disassemble = _disassembler("riscv" if counted.is_risc_v else "arm")
    architecture = "riscv" if counted.is_risc_v else "arm"
    known: dict[tuple[int, int], float] = {}
    total: dict[int, float] = {}
    for block in blocks:
        address, size = int(block["address"]), int(block["size"])
        if (address, size) not in known:
            start = address - file.code.address
            decoded = list(disassemble.disasm(file.code.content[start : start + size], address))
            rest = max(int(block["instructions"]) - len(decoded), 0)
            known[address, size] = _straight(decoded, architecture, core.cycles) + rest * core.cycles.other
        cycles = int(block["runs"]) * known[address, size] + int(block["jumps"]) * core.cycles.jump
        total[int(block["step"])] = total.get(int(block["step"]), 0.0) + cycles
    return total


def _disassembler(architecture: str) -> Any:
    import capstone

    if architecture == "riscv":
        found = capstone.Cs(capstone.CS_ARCH_RISCV, capstone.CS_MODE_RISCV32 | capstone.CS_MODE_RISCVC)
    else:
        mode = capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS | capstone.CS_MODE_V8
        found = capstone.Cs(capstone.CS_ARCH_ARM, mode)
    found.skipdata = True
    return found


def _straight(decoded: Iterable[Any], architecture: str, table: CycleTable) -> float:
    """Cycles of instructions one after the other, none of which jumps."""
    total, behind = 0.0, False
    for instruction in decoded:
        name = instruction.mnemonic.removeprefix("c.")
        if architecture == "arm" and name.startswith(_SEVERAL):
            total += table.load_multiple + table.register * _registers(name, instruction.op_str)
            behind = True
            continue
        load, store = name.startswith(_LOADS[architecture]), name.startswith(_STORES[architecture])
        if load or store:
            total += table.load_behind_load if behind else table.load if load else table.store
        else:
            total += _arithmetic(name, architecture, table)
        behind = load or store
    return total


def _arithmetic(name: str, architecture: str, table: CycleTable) -> float:
    for names, cycles in (
        (_LONG, table.multiply_long),
        (_MULTIPLIES, table.multiply),
        (_DIVISIONS, table.divide),
    ):
        if name.startswith(names[architecture]):
            return cycles
    return table.other


def _registers(name: str, operands: str) -> int:
    if name.startswith(("ldrd", "strd")):
        return 2
    count = 0
    for part in operands[operands.find("{") + 1 : operands.find("}")].split(","):
        first, _, last = part.strip().partition("-")
        count += int(last[1:]) - int(first[1:]) + 1 if last[1:].isdigit() and first[1:].isdigit() else 1
    return count
