"""Cycles of each step of computing features, fitted to counts in the emulator.

Minimises Σ (modelled / measured - 1)² over all cases with no step below zero (non-negative least squares), separately
for each core. Arduino's cores come with GCC, so its counts are fitted where it is installed; those of zig, whose
floating-point routines are others, widen the band. ``python -m workbench.firmware.feature_calibration`` takes some ten
minutes and prints ``resources/feature_costs.toml``.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.features.compute import fit as fit_features
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings
from workbench.firmware.feature_run import run_features
from workbench.target.core import TargetCore, target_core
from workbench.target.feature_cost import FeatureCosts, feature_steps
from workbench.target.toolchain import Toolchain, gcc, zig

# GCC's counts over zig's on the Arm cores: what may lie between a count and a board where zig alone has the core.
GCC_OVER_ZIG = (0.62, 1.2)
WINDOWS = 2  # of each case: what soft floating point takes depends on the values

STEPS = (
    "window",
    "normalize.value",
    "quantize.value",
    "raw.value",
    "picture.value",
    "statistics.sample",
    "statistics.channel",
    "spectrum.sample",
    "spectrum.butterfly",
    "spectrum.power",
    "spectrum.band",
)


@dataclass(frozen=True)
class Case:
    """A block for a window's shape, and the model's input."""

    block: str
    shape: tuple[int, ...]
    dtype: str = "int8"
    bands: int = 16

    @property
    def title(self) -> str:
        bands = f", {self.bands} bands" if self.block == "spectrum" else ""
        return f"{self.block} {' x '.join(map(str, self.shape))}{bands}, {self.dtype}"


CASES = (
    Case("raw", (64, 1)),
    Case("raw", (128, 3), "float32"),
    Case("raw", (250, 6)),
    Case("raw", (1000, 1)),
    Case("raw", (24, 24, 1)),
    Case("raw", (32, 32, 3), "float32"),
    Case("raw", (48, 48, 3)),
    Case("statistics", (50, 1)),
    Case("statistics", (128, 3)),
    Case("statistics", (250, 6), "float32"),
    Case("statistics", (1000, 1)),
    Case("spectrum", (50, 1)),
    Case("spectrum", (100, 6)),
    Case("spectrum", (128, 3), bands=64),
    Case("spectrum", (300, 1), bands=2),
    Case("spectrum", (512, 3), "float32"),
    Case("spectrum", (1000, 1), bands=128),
)
UNSEEN = (
    Case("raw", (400, 2)),
    Case("statistics", (200, 4)),
    Case("spectrum", (64, 3), bands=8),
    Case("spectrum", (256, 2), bands=32),
)


@dataclass(frozen=True)
class Place:
    """A core with its floating-point unit or without, and the core that is counted in its place."""

    core: TargetCore
    fpu: bool
    counted: TargetCore

    @property
    def compilers(self) -> tuple[Toolchain, ...]:
        """The compilers for the counted core that are here, the one that Arduino's cores use first."""
        return tuple(found for found in (gcc(self.counted), zig()) if found and found.kind in self.counted.flags)


@dataclass(frozen=True)
class Count:
    """Cycles of one window of a case with a compiler, and the steps it took."""

    case: Case
    compiler: str
    steps: dict[str, int]
    cycles: float


def places() -> Iterator[Place]:
    """Every core that can be emulated or has a stand-in, as far as boards have it."""
    for name, units in _UNITS.items():
        for fpu in units:
            core = target_core(name, fpu=fpu)
            counted = target_core(core.stand_in, fpu=fpu) if core.stand_in else core
            if core.stand_in and fpu and counted.is_risc_v:
                counted = dataclasses.replace(counted, flags=_RISC_V_WITH_FPU)
            yield Place(core, fpu, counted)


_UNITS = {
    "cortex-m0": (False,),
    "cortex-m0plus": (False,),
    "cortex-m3": (False,),
    "cortex-m4": (False, True),
    "cortex-m7": (False, True),
    "cortex-m33": (False, True),
    "cortex-m55": (False, True),
    "xtensa-lx6": (False, True),
    "xtensa-lx7": (False, True),
    "rv32imc": (False,),
    "arc-em9d": (False,),
}
# What stands in for a core with a floating-point unit of single precision that no packaged compiler knows.
_RISC_V_WITH_FPU = {"zig": ("-target", "riscv32-freestanding-none", "-mcpu=generic_rv32+m+c+f", "-mabi=ilp32f")}


def material(case: Case) -> tuple[FeatureParameters, Sequence[NDArray[np.generic]]]:
    """Windows like those of a sensor (an offset, two oscillations, noise) or pictures, and what is fitted to them."""
    rng = np.random.default_rng(sum(case.shape))
    channels = case.shape[-1]
    if len(case.shape) == 3:
        pictures = rng.integers(0, 256, (8, *case.shape), np.uint8)
        return _fitted(pictures.astype(np.float32), case, None), list(pictures[:WINDOWS])
    t = np.arange(case.shape[0])[:, np.newaxis]
    phase = rng.uniform(0, 6, (8, 1, channels))
    signal = np.sin(0.37 * t + phase) + 0.4 * np.sin(1.9 * t - phase) + rng.normal(0, 0.1, (8, *case.shape)) + 0.98
    windows = signal.astype(np.float32)
    return _fitted(windows, case, 50.0), list(windows[:WINDOWS])


def _fitted(windows: NDArray[np.float32], case: Case, rate_hz: float | None) -> FeatureParameters:
    names = tuple(f"c{channel}" for channel in range(case.shape[-1]))
    rows = 0 if rate_hz is None else case.shape[0]
    settings = FeatureSettings(block=case.block, spectrum_bins=case.bands)
    return fit_features(windows, settings, rate_hz=rate_hz, channels=names, stride_rows=rows)


def count(place: Place, case: Case, compiler: Toolchain) -> Count:
    """Emulate a case; the window that takes longest counts."""
    parameters, windows = material(case)
    runs = run_features(parameters, case.dtype, place.core, windows, compiler=compiler, counted=place.counted)
    steps = dict(feature_steps(parameters, case.dtype))
    return Count(case, compiler.title, steps, max(run.cycles for run in runs))


def fit(counts: Sequence[Count], source: str) -> FeatureCosts:
    """Cycles a step from the counts of the first one's compiler, bounds from all of them."""
    from scipy.optimize import nnls

    fitted = [one for one in counts if one.compiler == counts[0].compiler]
    times = np.array([[one.steps.get(name, 0) / one.cycles for name in STEPS] for one in fitted])
    # Three digits, as they are written: the bounds are those of what is read again.
    values = [float(f"{value:.3g}") for value in nnls(times, np.ones(len(fitted)))[0]]
    costs = FeatureCosts(dict(zip(STEPS, values, strict=True)), 1.0, 1.0, source)
    ratios = [one.cycles / costs.total(one.steps) for one in counts]
    below, above = GCC_OVER_ZIG if all(one.compiler.startswith("zig") for one in counts) else (1.0, 1.0)
    low, high = (min(ratios) - 0.01) * below, (max(ratios) + 0.01) * above
    return dataclasses.replace(costs, low=math.floor(low * 100) / 100, high=math.ceil(high * 100) / 100)


def _source(place: Place, compilers: str) -> str:
    unit = " with a floating-point unit" if place.fpu else ""
    stand_in = f" in place of the {place.core.title}" if place.core.stand_in else ""
    return f"counts on an emulated {place.counted.title}{unit}{stand_in}, {compilers} -Os"


def main() -> None:
    """Print the resource file, and each count against its formula on the error output."""
    sys.stdout.write(f'date = "{datetime.date.today():%Y-%m-%d}"\n')
    for place in places():
        counts = [count(place, case, compiler) for compiler in place.compilers for case in CASES]
        compilers = " and ".join(dict.fromkeys(one.compiler for one in counts))
        costs = fit(counts, _source(place, compilers))
        for one in counts:
            ratio = one.cycles / costs.total(one.steps)
            sys.stderr.write(f"{place.core.name} {one.compiler} {one.case.title}: {one.cycles:,.0f}, {ratio:.2f}\n")
        sys.stdout.write(f"\n[cores.{place.core.name}.{'fpu' if place.fpu else 'plain'}]\n")
        sys.stdout.write(f'counted = "{costs.source}"\nlow = {costs.low}\nhigh = {costs.high}\n')
        sys.stdout.write(f"[cores.{place.core.name}.{'fpu' if place.fpu else 'plain'}.cycles]\n")
        sys.stdout.writelines(f'"{name}" = {value:g}\n' for name, value in costs.cycles.items())
        sys.stdout.flush()


if __name__ == "__main__":
    main()
