"""What ``resources/cores.toml`` says: instructions a step, and how fast each core takes them."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.resources import resource


@dataclass(frozen=True)
class Range:
    """A quantity or a factor with its bounds."""

    typical: float
    low: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> Range:
        """No doubt about it."""
        return cls(value, value, value)

    def __add__(self, other: Range) -> Range:
        return Range(self.typical + other.typical, self.low + other.low, self.high + other.high)

    def __mul__(self, other: Range) -> Range:
        """The product, both at their worst together; neither may be negative."""
        return Range(self.typical * other.typical, self.low * other.low, self.high * other.high)


@dataclass(frozen=True)
class Step:
    """Instructions that one step takes on a Cortex-M4, and the factor by which that may be off.

    ``guess`` and ``spread`` are what was believed before measuring; ``fitted`` is None when nothing was measured.
    """

    guess: float
    spread: float
    band: float
    fitted: float | None = None

    @property
    def instructions(self) -> Range:
        value = self.guess if self.fitted is None else self.fitted
        return Range(value, value / self.band, value * self.band)


@dataclass(frozen=True)
class KernelSet:
    """A way to build the operators: what it is called, and the table of steps it follows."""

    title: str
    steps: str


@dataclass(frozen=True)
class CoreCost:
    """Cycles a core takes where a Cortex-M4 executes one instruction, by kernel set; the first one is usual."""

    title: str
    source: str
    kernels: Mapping[str, Range]
    soft_float: Range


@dataclass(frozen=True)
class Costs:
    """The whole resource: tables of steps by name, kernel sets, cores, and the factor on energies."""

    steps: Mapping[str, Mapping[str, Step]]
    kernel_sets: Mapping[str, KernelSet]
    cores: Mapping[str, CoreCost]
    energy: Range

    def step(self, kernels: str, arithmetic: str, name: str) -> tuple[str, Step] | None:
        """The table and cost of a step; None when this kernel set does without it."""
        table = "float" if arithmetic == "float" else self.kernel_sets[kernels].steps
        for place in (table, "shared"):
            if name in self.steps[place]:
                return place, self.steps[place][name]
        return None


@functools.cache
def load_costs() -> Costs:
    """The costs that come with the program."""
    data = tomllib.loads(resource("cores.toml").read_text(encoding="utf-8"))
    return Costs(
        steps={table: _steps(rows) for table, rows in data["steps"].items()},
        kernel_sets={name: KernelSet(**row) for name, row in data["kernel_sets"].items()},
        cores={name: _core(row) for name, row in data["cores"].items()},
        energy=Range(**data["energy"]),
    )


def _steps(rows: dict[str, dict[str, Any]]) -> Mapping[str, Step]:
    own = {name: Step(**({"band": row["spread"]} | row)) for name, row in rows.items() if "same_as" not in row}
    return own | {name: own[row["same_as"]] for name, row in rows.items() if "same_as" in row}


def _core(row: dict[str, Any]) -> CoreCost:
    return CoreCost(
        title=row["title"],
        source=row["source"],
        kernels={name: Range(**cycles) for name, cycles in row["kernels"].items()},
        soft_float=Range(**row["soft_float"]),
    )
