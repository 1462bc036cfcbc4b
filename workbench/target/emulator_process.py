"""The emulator, in a process of its own: ``python -m workbench.target.emulator_process``.

It answers messages (workbench/target/frames.py) on its standard input and output until that ends. The first loads a
program, each later one runs it once; workbench/target/emulator.py writes them.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, BinaryIO

import numpy as np
import unicorn
from unicorn import arm_const, riscv_const
from unicorn.unicorn_py3.unicorn import uclib

from workbench.target.block_counts import ARCHITECTURES, BLOCK, CAPACITY, Counter
from workbench.target.frames import read_frame, write_frame

PAGE = 4096
PAINT = 0xA5
_HOOK_BLOCK = 8
_ACCESSES = {
    unicorn.UC_MEM_WRITE_UNMAPPED: "write",
    unicorn.UC_MEM_WRITE_PROT: "write",
    unicorn.UC_MEM_READ_UNMAPPED: "read",
    unicorn.UC_MEM_READ_PROT: "read",
    unicorn.UC_MEM_FETCH_UNMAPPED: "fetch",
    unicorn.UC_MEM_FETCH_PROT: "fetch",
}


class Machine:
    """A core with a program in its memory."""

    def __init__(self, load: dict[str, Any], blobs: list[bytes]) -> None:
        self._load = load
        self._arm = load["architecture"] == "arm"
        self._unicorn = self._core()
        self._access: dict[str, int | str] | None = None
        for region, blob in zip(load["regions"], blobs, strict=False):
            self._map(region, blob)
        low, high = load["stack"]
        self._unicorn.mem_map(low, high - low, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        self._unicorn.mem_write(low, bytes([PAINT]) * (high - low))
        # The program returns to a page of its own, which holds nothing.
        self._unicorn.mem_map(load["stop"], PAGE, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        self._unicorn.hook_add(unicorn.UC_HOOK_MEM_INVALID, self._invalid)
        self._marks, self._code = blobs[-1], blobs[load["code"]]
        self._blocks = np.zeros(CAPACITY, BLOCK)
        self._counter = self._count()

    def _core(self) -> Any:
        if self._arm:
            # With UC_MODE_MCLASS every core would be a Cortex-M33.
            machine = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
            model = getattr(arm_const, f"UC_CPU_ARM_{self._load['core']}")
        else:
            machine = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32)
            model = getattr(riscv_const, f"UC_CPU_{self._load['core']}")
        machine.ctl_set_cpu_model(model)
        if machine.ctl_get_cpu_model() != model:
            raise RuntimeError(f"the emulator has no {self._load['core']}")
        return machine

    def _map(self, region: dict[str, Any], content: bytes) -> None:
        start = region["address"] // PAGE * PAGE
        end = -(-(region["address"] + region["bytes"]) // PAGE) * PAGE
        rights = unicorn.UC_PROT_READ | (unicorn.UC_PROT_WRITE if region["writable"] else unicorn.UC_PROT_EXEC)
        self._unicorn.mem_map(start, end - start, rights)
        if region["writable"]:
            self._unicorn.mem_write(start, bytes([PAINT]) * (end - start))
            self._unicorn.mem_write(region["address"], bytes(region["bytes"]))
        self._unicorn.mem_write(region["address"], content)

    def _count(self) -> Counter:
        counter = Counter(
            code=self._code,
            code_start=self._load["regions"][self._load["code"]]["address"],
            code_bytes=len(self._code),
            marks=self._marks,
            most_instructions=self._load["most_instructions"],
            capacity=CAPACITY,
            architecture=ARCHITECTURES.index(self._load["architecture"]),
            blocks=self._blocks.ctypes.data,
            stop=ctypes.cast(uclib.uc_emu_stop, ctypes.c_void_p).value,
        )
        callback = ctypes.cast(ctypes.CDLL(self._load["block_counter"]).count_block, ctypes.c_void_p)
        handle = ctypes.c_size_t()
        # Arguments past the sixth are variadic in C; begin > end means everywhere.
        status = uclib.uc_hook_add(
            self._unicorn._uch,
            ctypes.byref(handle),
            _HOOK_BLOCK,
            callback,
            ctypes.cast(ctypes.pointer(counter), ctypes.c_void_p),
            ctypes.c_uint64(1),
            ctypes.c_uint64(0),
        )
        if status:
            raise RuntimeError(f"uc_hook_add failed with {status}")
        return counter

    def _invalid(self, _: Any, kind: int, address: int, size: int, __: int, ___: Any) -> bool:
        self._access = {"access": _ACCESSES.get(kind, "read"), "address": address, "bytes": size}
        return False

    def _call(self, function: int) -> int:
        """Call a function without arguments; its result as an unsigned 32-bit number."""
        stop = self._load["stop"]
        top = self._load["stack"][1]
        if self._arm:
            self._unicorn.reg_write(arm_const.UC_ARM_REG_SP, top)
            self._unicorn.reg_write(arm_const.UC_ARM_REG_LR, stop | 1)
            self._unicorn.emu_start(function | 1, stop)
            return int(self._unicorn.reg_read(arm_const.UC_ARM_REG_R0))
        self._unicorn.reg_write(riscv_const.UC_RISCV_REG_SP, top)
        self._unicorn.reg_write(riscv_const.UC_RISCV_REG_RA, stop)
        self._unicorn.emu_start(function, stop)
        return int(self._unicorn.reg_read(riscv_const.UC_RISCV_REG_A0))

    def _program_counter(self) -> int:
        register = arm_const.UC_ARM_REG_PC if self._arm else riscv_const.UC_RISCV_REG_PC
        return int(self._unicorn.reg_read(register))

    def run(self, inputs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Fill the inputs, invoke, read the outputs. A run that fails says where instead."""
        self._access = None
        try:
            for function, given in zip(self._load["inputs"], inputs, strict=True):
                self._unicorn.mem_write(self._call(function), given)
            self._blocks[:] = 0
            self._counter.instructions = self._counter.used = self._counter.step = self._counter.last_end = 0
            result = self._call(self._load["invoke"])
            blocks = self._blocks[self._blocks["size"] != 0].tobytes()
            instructions = self._counter.instructions
            if self._counter.endless:
                return {"fault": {"access": "endless", "at": self._program_counter()}}, []
            outputs = [
                bytes(self._unicorn.mem_read(self._call(function), size)) for function, size in self._load["outputs"]
            ]
        except unicorn.UcError as error:
            what = self._access or {"access": "instruction", "reason": str(error)}
            return {"fault": {**what, "at": self._program_counter()}}, []
        answer = {
            "result": result,
            "instructions": instructions,
            "stack": self._stack(),
            "overrun": self._overrun(),
            "complete": not self._counter.full,
        }
        return answer, [blocks, *outputs]

    def _stack(self) -> int:
        """Bytes of stack that were ever written."""
        low, high = self._load["stack"]
        painted = np.frombuffer(bytes(self._unicorn.mem_read(low, high - low)), np.uint8) == PAINT
        return high - low if not painted.any() else int(len(painted) - np.argmin(painted)) if not painted.all() else 0

    def _overrun(self) -> int | None:
        """The first address written between the end of a writable region and the next page."""
        for region in self._load["regions"]:
            end = int(region["address"] + region["bytes"])
            rest = -end % PAGE
            if region["writable"] and rest:
                written = np.frombuffer(bytes(self._unicorn.mem_read(end, rest)), np.uint8) != PAINT
                if written.any():
                    return end + int(written.argmax())
        return None


def serve(given: BinaryIO, answers: BinaryIO) -> None:
    """Answer messages until there are no more."""
    machine: Machine | None = None
    while True:
        try:
            header, blobs = read_frame(given)
        except EOFError:
            return
        if machine is None:
            machine = Machine(header, blobs)
            write_frame(answers, {"ready": True})
        else:
            write_frame(answers, *machine.run(blobs))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
