"""Prove generated C for a core: compiled, emulated, compared byte for byte, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.generated import Generated
from workbench.jobs import Job
from workbench.target.build import build
from workbench.target.core import TargetCore, target_core
from workbench.target.cycles import InstructionMix, cycles_by_step, instruction_mix
from workbench.target.emulator import Emulator, Run, port_bytes
from workbench.target.image_file import FlashSizes
from workbench.target.reference import Reference

Inputs = tuple[bytes, ...]


@dataclass(frozen=True)
class StepCount:
    """A step's part of one invocation; ``operator`` is its place in the model, None for the code between the steps."""

    operator: int | None
    name: str
    instructions: int
    cycles: float
    weights_bytes: int


@dataclass(frozen=True)
class RamSizes:
    """Bytes of RAM: the arena, other variables, and the deepest stack that was seen."""

    arena: int
    static: int
    stack: int


@dataclass(frozen=True)
class Verification:
    """What the emulated core did.

    ``bit_exact`` is None when nothing was compared; ``difference`` says in words where the first one is. Instructions
    and cycles are those of the longest window; ``cycles_low`` and ``cycles_high`` bound the cycles, ``mix`` is what the
    instructions do. ``note`` says what
    else ran in place of the core, when the emulator does not have it; empty otherwise. ``windows_from`` says in words
    where the windows come from.
    """

    core: str
    compiler: str
    option: str
    bit_exact: bool | None
    against: str
    difference: str
    windows: int
    instructions: int
    cycles: float
    cycles_low: float
    cycles_high: float
    cycles_source: str
    flash: FlashSizes
    ram: RamSizes
    per_operator: tuple[StepCount, ...]
    mix: InstructionMix
    note: str = ""
    windows_from: str = ""

    @property
    def in_words(self) -> str:
        """The verdict in a sentence."""
        windows = f"{self.windows:,} window{'s' if self.windows != 1 else ''} of {self.windows_from}"
        if self.bit_exact is None:
            return f"It ran on {windows}; there was nothing to compare it with."
        if not self.bit_exact:
            return f"Not bit-exact with {self.against}: {self.difference}."
        return f"Bit-exact with {self.against} on {windows}."

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        data = asdict(self)
        data["flash"]["total"] = self.flash.total
        return data


def verify(
    generated: Generated,
    core: TargetCore,
    windows: Sequence[Inputs],
    against: tuple[str, Reference] | None,
    *,
    factor: float | None = None,
    job: Job,
) -> tuple[Verification, list[tuple[bytes, ...]]]:
    """Run ``windows`` (the bytes of each input) on a core and compare; also gives what the core answered.

    ``factor`` is measured over modelled cycles of the board, once somebody measured it. Raises MissingExtra,
    NotSupported, NotPossible when the program misbehaves, and JobDied with the compiler's words.
    """
    counted = target_core(core.stand_in, fpu=False) if core.stand_in else core
    job.progress(f"Compiling for {counted.title}", 0.1)
    image = build(generated, counted, job=job)
    difference, answers, longest, stack = "", [], None, 0
    with Emulator(image) as emulator:
        for number, window in enumerate(windows):
            job.progress(f"Emulating {counted.title}", 0.3 + 0.7 * number / len(windows))
            run = emulator.run(window)
            stack = max(stack, run.stack_bytes)
            answers.append(run.outputs)
            if longest is None or run.instructions > longest.instructions:
                longest = run
            if against and not difference:
                difference = _difference(number, run.outputs, against[1](window))
        file = emulator.file
    if longest is None:
        raise ValueError("no windows to run")
    scale = factor or 1.0
    cycles = {step: n * scale for step, n in cycles_by_step(longest.blocks, file, core, counted).items()}
    total = sum(cycles.values())
    source = f"{core.title}: {core.cycles.source}" + (f" Times {factor:.2f}, measured on the board." if factor else "")
    low, high = (1 / 1.05, 1.05) if factor else (core.cycles.low, core.cycles.high)
    return Verification(
        core=core.name,
        compiler=image.compiler,
        option=generated.option.value,
        bit_exact=None if against is None else not difference,
        against=against[0] if against else "",
        difference=difference,
        windows=len(windows),
        instructions=longest.instructions,
        cycles=total,
        cycles_low=total * low,
        cycles_high=total * high,
        cycles_source=source,
        flash=file.flash,
        ram=RamSizes(file.arena_bytes, file.static_bytes, stack),
        per_operator=_steps(generated, longest, cycles),
        mix=instruction_mix(longest.blocks, file, counted),
        note=core.stand_in_note,
    ), answers


def random_windows(generated: Generated, count: int, seed: int = 1) -> list[Inputs]:
    """Inputs of random bytes, the same for the same seed."""
    generator = np.random.default_rng(seed)
    return [tuple(_random(generator, port.dtype, port_bytes(port)) for port in generated.inputs) for _ in range(count)]


def quantized_window(values: NDArray[np.float32], generated: Generated) -> Inputs:
    """Real values of the first input as the network takes them: round(x / scale) + zero point, clipped."""
    port = generated.inputs[0]
    if port.dtype == "float32":
        return (values.astype("<f4").tobytes(),)
    limits = np.iinfo(port.dtype)
    steps = np.rint(values / np.float32(port.scale)) + port.zero_point
    return (np.clip(steps, limits.min, limits.max).astype(port.dtype).tobytes(),)


def _random(generator: np.random.Generator, dtype: str, size: int) -> bytes:
    if dtype == "float32":
        return generator.standard_normal(size // 4).astype("<f4").tobytes()
    return generator.bytes(size)


def _difference(window: int, made: tuple[bytes, ...], wanted: tuple[bytes, ...]) -> str:
    """The first byte that differs, in words; empty when none does."""
    for place, (one, other) in enumerate(zip(made, wanted, strict=True)):
        if one != other:
            here, there = np.frombuffer(one, np.int8), np.frombuffer(other, np.int8)
            unlike = here != there
            at = int(unlike.argmax())
            return (
                f"window {window + 1}, output {place + 1}: {int(unlike.sum())} of {len(one)} bytes differ, "
                f"the first at {at}: {here[at]} instead of {there[at]}"
            )
    return ""


def _steps(generated: Generated, run: Run, cycles: dict[int, float]) -> tuple[StepCount, ...]:
    counted = run.blocks["runs"] * run.blocks["instructions"]
    instructions = np.bincount(run.blocks["step"], counted, minlength=len(generated.steps) + 1)
    rows = [
        StepCount(step.operator, step.title, int(instructions[place]), cycles.get(place, 0.0), step.weights_bytes)
        for place, step in enumerate(generated.steps, start=1)
    ]
    return (*rows, StepCount(None, "between the steps", int(instructions[0]), cycles.get(0, 0.0), 0))
