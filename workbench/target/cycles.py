"""Cycles of emulated code: each instruction by its kind, from a core's table in ``resources/cores.toml``.

cycles of a step = Σ blocks (runs · Σ instructions cycles + jumps · jump). Wait states and caches are not in it: they
belong to a board and are within the band, or in the factor that is remembered once a board was measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.target.core import CycleTable, TargetCore
from workbench.target.image_file import ImageFile

_SEVERAL = ("ldm", "stm", "pop", "push", "vldm", "vstm", "vpop", "vpush", "ldrd", "strd")
_LOADS = {"arm": ("ldr", "vldr"), "riscv": ("lw", "lh", "lb", "flw")}
_STORES = {"arm": ("str", "vstr"), "riscv": ("sw", "sh", "sb", "fsw")}
_LONG = {"arm": ("smull", "umull", "smlal", "umlal", "umaal"), "riscv": ("mulh",)}
_MULTIPLIES = {
    "arm": ("mul", "mla", "mls", "smla", "smul", "smml", "smua", "smus", "vmul", "vfma"),
    "riscv": ("mul", "fmul"),
}
_DIVISIONS = {"arm": ("sdiv", "udiv", "vdiv", "vsqrt"), "riscv": ("div", "rem", "fdiv", "fsqrt")}


@dataclass(frozen=True)
class InstructionMix:
    """Instructions of an invocation by what they do; ``moved`` is how many values loads and stores move."""

    moved: int
    multiplications: int
    others: int


def cycles_by_step(
    blocks: NDArray[np.void], file: ImageFile, core: TargetCore, counted: TargetCore
) -> dict[int, float]:
    """Cycles of one run by step (0 outside of all steps), without their band.

    ``blocks`` (dtype BLOCK of block_counts.py) were counted on the core ``counted``, which is ``core`` or stands in for
    it.
    """
    total: dict[int, float] = {}
    for block, decoded in _decoded(blocks, file, counted):
        rest = max(int(block["instructions"]) - len(decoded), 0)
        once = _straight(decoded, _architecture(counted), core.cycles) + rest * core.cycles.other
        cycles = int(block["runs"]) * once + int(block["jumps"]) * core.cycles.jump
        total[int(block["step"])] = total.get(int(block["step"]), 0.0) + cycles
    return total


def instruction_mix(blocks: NDArray[np.void], file: ImageFile, counted: TargetCore) -> InstructionMix:
    """What the instructions of one run do, counted on the core ``counted``."""
    architecture = _architecture(counted)
    moved = multiplications = others = 0
    for block, decoded in _decoded(blocks, file, counted):
        for instruction in decoded:
            name = instruction.mnemonic.removeprefix("c.")
            if name.startswith(_LOADS[architecture] + _STORES[architecture] + _SEVERAL):
                several = architecture == "arm" and name.startswith(_SEVERAL)
                moved += int(block["runs"]) * (_registers(name, instruction.op_str) if several else 1)
            elif name.startswith(_LONG[architecture] + _MULTIPLIES[architecture]):
                multiplications += int(block["runs"])
            else:
                others += int(block["runs"])
    return InstructionMix(moved, multiplications, others)


def _architecture(core: TargetCore) -> str:
    return "riscv" if core.is_risc_v else "arm"


def _decoded(blocks: NDArray[np.void], file: ImageFile, counted: TargetCore) -> Iterator[tuple[np.void, Sequence[Any]]]:
    """Each block with its instructions; a block that belongs to several steps is decoded once."""
    disassemble = _disassembler(_architecture(counted))
    known: dict[tuple[int, int], Sequence[Any]] = {}
    for block in blocks:
        address, size = int(block["address"]), int(block["size"])
        if (address, size) not in known:
            start = address - file.code.address
            known[address, size] = list(disassemble.disasm(file.code.content[start : start + size], address))
        yield block, known[address, size]


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
