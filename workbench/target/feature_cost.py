"""What computing features takes before each inference: cycles by block, window and core.

cycles = Σ steps · cycles a step on this core. The steps follow from the window's shape and the block's settings; their
cycles, in ``resources/feature_costs.toml``, were fitted to counts of the very C that an export writes, run in the
emulator (``workbench/firmware/feature_calibration.py``). No step costs less than nothing, so more samples, channels or
bands never cost less.
"""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.boards import Board
from workbench.features.parameters import FeatureParameters
from workbench.features.spectrum import transform_length
from workbench.figures import Figure, Part, Source
from workbench.resources import resource
from workbench.target.core import CycleTable, core_names, target_core
from workbench.target.costs import Range

Steps = Mapping[str, int]

_NORMALIZATION = "normalization"  # the part of a figure that every block has


@dataclass(frozen=True)
class FeatureCosts:
    """Cycles of each step on a core; ``low`` and ``high`` bound a count over its sum of steps, in all measured cases.

    ``low`` is less where a chip has faster routines than were measured. ``source`` says what was.
    """

    cycles: Mapping[str, float]
    low: float
    high: float
    source: str

    def total(self, steps: Steps) -> float:
        """Cycles of these steps, without band."""
        return sum(times * self.cycles[name] for name, times in steps.items())


def feature_steps(parameters: FeatureParameters, dtype: str) -> Steps:
    """How often each step runs for one window; ``dtype`` is that of the model's input.

    ``normalize.value`` and ``quantize.value`` run once a value of the input (the latter for integers), ``raw.value`` or
    ``picture.value`` where that is read from the window itself.
    """
    values = math.prod(parameters.output_shape)
    steps = {"window": 1, "normalize.value": values}
    if dtype != "float32":
        steps["quantize.value"] = values
    own = {"picture.value": values} if parameters.picture else _BLOCKS[parameters.block](parameters)
    return {**steps, **own}


def feature_costs(core: str, fpu: bool) -> FeatureCosts | None:
    """What was measured for a core, with its floating-point unit or without; None when nothing was."""
    data = _file()
    row = data["cores"].get(core, {}).get("fpu" if fpu else "plain")
    if row is None:
        return None
    source, faster = f"{row['counted']}, {data['date']}", row.get("faster")
    if faster:
        return FeatureCosts(row["cycles"], row["low"] * faster["factor"], row["high"], f"{source}; {faster['note']}")
    return FeatureCosts(row["cycles"], row["low"], row["high"], source)


def feature_latency(parameters: FeatureParameters, dtype: str, board: Board) -> Figure:
    """Seconds that ``board`` computes features for, before each inference of a model with an input of ``dtype``.

    Unknown, with the reason as its note, on a core that nobody measured.
    """
    fpu = board.core.fpu != "none"
    costs = feature_costs(board.core.name, fpu)
    if costs is None or board.core.name not in core_names():
        without = "" if fpu else " without a floating-point unit"
        return Figure(note=f"nobody measured what computing features takes on the core {board.core.name}{without}")
    steps = feature_steps(parameters, dtype)
    pace = _doubt(target_core(board.core.name, fpu=fpu).cycles) * Range(1.0, costs.low, costs.high)
    cycles = Range.exactly(costs.total(steps)) * pace
    seconds = cycles * Range.exactly(1 / board.core.clock_hz)
    return Figure(
        seconds.typical,
        "s",
        Source.ESTIMATED,
        seconds.low,
        seconds.high,
        parts=_parts(parameters.block, steps, costs, board.core.clock_hz),
        note=(
            f"{parameters.block} of {' × '.join(map(str, parameters.input_shape))} values, about "
            f"{cycles.typical:,.0f} cycles by a formula fitted to {costs.source}"
        ),
    )


def _doubt(table: CycleTable) -> Range:
    """How far cycles that were summed up by instruction may be off."""
    return Range(1.0, table.low, table.high)


def _parts(block: str, steps: Steps, costs: FeatureCosts, hertz: float) -> tuple[Part, ...]:
    """The block itself and what every block needs, in s; a raw window is normalized and nothing else."""
    own = {name: times for name, times in steps.items() if block != "raw" and name.startswith(f"{block}.")}
    shares = {f"{block} features": costs.total(own), _NORMALIZATION: costs.total(steps) - costs.total(own)}
    return tuple(Part(name, cycles / hertz) for name, cycles in shares.items() if cycles)


def _raw(parameters: FeatureParameters) -> Steps:
    """Each value is read through a function of its own."""
    return {"raw.value": math.prod(parameters.input_shape)}


def _statistics(parameters: FeatureParameters) -> Steps:
    """Two passes over each channel, then roots and quotients."""
    rows, channels = parameters.input_shape
    return {"statistics.sample": rows * channels, "statistics.channel": channels}


def _spectrum(parameters: FeatureParameters) -> Steps:
    """Mean and window over the samples, a Fourier transform of n, powers of n / 2, two roots a band.

    Reversing the bits of an index takes as many steps as there are butterflies, so they are one.
    """
    rows, channels = parameters.input_shape
    length = transform_length(rows)
    return {
        "spectrum.sample": rows * channels,
        "spectrum.butterfly": length // 2 * (length.bit_length() - 1) * channels,
        "spectrum.power": length // 2 * channels,
        "spectrum.band": math.prod(parameters.output_shape),
    }


_BLOCKS = {"raw": _raw, "statistics": _statistics, "spectrum": _spectrum}


@functools.cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(resource("feature_costs.toml").read_text(encoding="utf-8"))
