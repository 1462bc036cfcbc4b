"""Run an image on an emulated core: the bytes it answers, its instructions by step, the stack it takes."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.generated import Port, port_function
from workbench.errors import JobDied, MissingExtra, NotPossible
from workbench.target.block_counts import BLOCK, FIRST_STEP, NOT_A_STEP
from workbench.target.build import FirmwareImage, build_block_counter
from workbench.target.frames import read_frame, write_frame
from workbench.target.image_file import ImageFile, read_image
from workbench.target.toolchain import INSTALL

# Places of resources/c/target/link.ld, and a page nothing else uses.
_STACK = (0x20100000, 0x20200000)
_STOP = 0x1FFF0000
_MOST_INSTRUCTIONS = 20_000_000_000
_MODULES = ("unicorn", "capstone", "elftools")


@dataclass(frozen=True, eq=False)
class Run:
    """One invocation: each output's bytes, and the blocks that ran (dtype BLOCK of block_counts.py).

    ``stack_bytes`` is the deepest stack so far.
    """

    outputs: tuple[bytes, ...]
    blocks: NDArray[np.void]
    instructions: int
    stack_bytes: int


class Emulator:
    """A core with an image in it, in a process of its own; a context manager.

    Raises MissingExtra without the packages, NotPossible, in words, when the program does what a board would not
    survive, JobDied when the emulator's process ends.
    """

    def __init__(self, image: FirmwareImage) -> None:
        missing = [name for name in _MODULES if importlib.util.find_spec(name) is None]
        if missing:
            raise MissingExtra("There is no emulator here.", to_do=f"{INSTALL} brings one.")
        self._image = image
        self.file = read_image(image.elf)
        program = self._program(build_block_counter())
        self._process = subprocess.Popen(
            [sys.executable, "-m", "workbench.target.emulator_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._exchange(*program)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.wait()

    def run(self, inputs: Sequence[bytes]) -> Run:
        """Fill the inputs, each of its port's size, invoke, and read the outputs."""
        expected = [port_bytes(port) for port in self._image.generated.inputs]
        if [len(given) for given in inputs] != expected:
            raise ValueError(f"inputs of {expected} bytes, not of {[len(given) for given in inputs]}")
        answer, blobs = self._exchange({}, list(inputs))
        fault = answer.get("fault")
        title = self._image.core.title
        if fault:
            raise NotPossible(
                f"On the emulated {title} the network {_words(fault, self.file)}.", where=self._where(fault)
            )
        if answer["overrun"] is not None:
            raise NotPossible(
                f"On the emulated {title} the network wrote past its memory, at 0x{answer['overrun']:08x}."
            )
        if answer["result"]:
            raise NotPossible(f"On the emulated {title} the network gave up with status {answer['result']}.")
        if not answer["complete"]:
            raise NotPossible("The network has more code than can be counted.")
        blocks = np.frombuffer(blobs[0], BLOCK)
        return Run(tuple(blobs[1:]), blocks, answer["instructions"], answer["stack"])

    def _where(self, fault: dict[str, Any]) -> str:
        return self.file.at(fault["at"]) or f"0x{fault['at']:08x}"

    def _program(self, counter: Path) -> tuple[dict[str, Any], list[bytes]]:
        """The first message: all that the emulator's process has to know."""
        file, generated = self.file, self._image.generated
        core = self._image.core

        def address(name: str) -> int:
            return file.symbols[name][0]

        def functions(ports: Sequence[Port], kind: str) -> list[int]:
            return [address(port_function(generated.prefix, kind, place)) for place in range(len(ports))]

        outputs = functions(generated.outputs, "output")
        header = {
            "architecture": "riscv" if core.is_risc_v else "arm",
            "core": core.emulator,
            "regions": [
                {"address": region.address, "bytes": region.size, "writable": region.writable}
                for region in file.regions
            ],
            "code": file.regions.index(file.code),
            "stack": _STACK,
            "stop": _STOP,
            "block_counter": str(counter),
            "most_instructions": _MOST_INSTRUCTIONS,
            "inputs": functions(generated.inputs, "input"),
            "invoke": address(f"{generated.prefix}_invoke"),
            "outputs": list(zip(outputs, map(port_bytes, generated.outputs), strict=True)),
        }
        return header, [*(region.content for region in file.regions), self._marks()]

    def _marks(self) -> bytes:
        """A uint16 for each half-word of code: entries of steps, and the code between the steps."""
        file, generated = self.file, self._image.generated
        marks = np.zeros(-(-len(file.code.content) // 2), np.uint16)
        start, size = file.symbols[f"{generated.prefix}_invoke"]
        first = (start - file.code.address) // 2
        marks[first : first + size // 2] = NOT_A_STEP
        for number, step in enumerate(generated.steps):
            marks[(file.symbols[step.symbol][0] - file.code.address) // 2] = FIRST_STEP + number
        return marks.tobytes()

    def _exchange(self, header: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        try:
            write_frame(_open(self._process.stdin), header, blobs)
            return read_frame(_open(self._process.stdout))
        except (OSError, EOFError, ValueError) as error:
            self.__exit__(None, None, None)
            raise JobDied(f"The emulator of the {self._image.core.title} ended without an answer.") from error


def port_bytes(port: Port) -> int:
    """Bytes of an input or output."""
    return int(np.prod(port.shape, dtype=np.int64)) * np.dtype(port.dtype).itemsize


def _open(stream: IO[bytes] | None) -> Any:
    if stream is None:
        raise OSError("the pipe is closed")
    return stream


def _words(fault: dict[str, Any], file: ImageFile) -> str:
    """What a fault did, as the end of a sentence."""
    match fault["access"]:
        case "endless":
            return "ran without end"
        case "instruction" if file.code.address <= fault["at"] < file.code.address + file.code.size:
            return "met an instruction that the core does not have"
        case "instruction" | "fetch":
            return f"jumped to 0x{fault.get('address', fault['at']):08x}, where there is no code"
        case "write" if file.code.address <= fault["address"] < file.code.address + file.code.size:
            return f"wrote to flash, at 0x{fault['address']:08x}"
        case access if fault["address"] < _STACK[1] and _STACK[0] - 0x10000 <= fault["address"]:
            return f"used up its stack of {_STACK[1] - _STACK[0]:,} bytes ({access} at 0x{fault['address']:08x})"
        case access:
            done = "wrote" if access == "write" else "read"
            return f"{done} {fault['bytes']} bytes outside its memory, at 0x{fault['address']:08x}"
