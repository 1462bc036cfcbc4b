"""Cycles, seconds and joules of one inference, estimated from counted steps.

cycles = Σ steps · instructions a step on a Cortex-M4 · cycles of this core where a Cortex-M4 executes one instruction;
seconds = cycles / clock; joules = seconds · current · supply. Every factor has a band, and the bands are taken at their
worst together: low with low, high with high.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workbench.boards import Board
from workbench.errors import NotSupported
from workbench.figures import Figure, Part, Source
from workbench.graph.model import Graph
from workbench.target.cost import OperatorCost, count_operations
from workbench.target.costs import Costs, Range, load_costs


@dataclass(frozen=True)
class OperatorEstimate:
    """One operator's share: multiply-accumulates, instructions as on a Cortex-M4, and cycles with their band."""

    op_index: int
    name: str
    macs: int
    instructions: float
    cycles: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """What one inference takes. Figures are unknown, with the reason in their note, when nobody can say.

    ``instructions`` are counted as on a Cortex-M4; ``latency`` is in s and ``energy``, of the microcontroller alone,
    in J. The figures' parts are kinds of operators, the dearest first.
    """

    kernels: str
    macs: int
    instructions: Figure
    cycles: Figure
    latency: Figure
    energy: Figure
    per_operator: tuple[OperatorEstimate, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def estimate(graph: Graph, board: Board, kernels: str | None = None) -> Estimate:
    """What one inference of ``graph`` takes on ``board``.

    ``kernels`` is one of the core's kernel sets in ``resources/cores.toml`` (``reference``, ``cmsis-nn``, ``esp-nn``);
    the usual one when None. Raises NotSupported for a set that this core does not have.
    """
    costs = load_costs()
    counts = count_operations(graph)
    core = costs.cores.get(board.core.name)
    macs = sum(count.macs for count in counts)
    if core is None:
        return _unknown(kernels or "", macs, f"No costs are known for the core {board.core.name}.")
    kernels = kernels or next(iter(core.kernels))
    if kernels not in core.kernels:
        raise NotSupported(
            f"There are no {kernels} kernels for {core.title}.", to_do=f"Choose one of: {', '.join(core.kernels)}."
        )
    reason = _reason_against(board, counts)
    if reason:
        return _unknown(kernels, macs, reason)
    soft_float = core.soft_float if board.core.fpu == "none" else Range.exactly(1)
    pace = core.kernels[kernels]
    shares = [_instructions(count, costs, kernels, soft_float) for count in counts]
    title = costs.kernel_sets[kernels].title
    in_cycles = (
        f"counted operations, {title}, {core.title}: {pace.typical:g} cycles ({pace.low:g} to {pace.high:g}) "
        "for an instruction of a Cortex-M4"
    )
    seconds = pace * Range.exactly(1 / board.core.clock_hz)
    latency = _figure(counts, shares, seconds, "s", f"{in_cycles}, at {board.core.clock_hz / 1e6:g} MHz")
    return Estimate(
        kernels=kernels,
        macs=macs,
        instructions=_figure(counts, shares, Range.exactly(1), "instructions", f"counted operations, {title}"),
        cycles=_figure(counts, shares, pace, "cycles", in_cycles),
        latency=latency,
        energy=energy_of(latency, board),
        per_operator=tuple(_row(count, share, pace) for count, share in zip(counts, shares, strict=True)),
    )


def _unknown(kernels: str, macs: int, reason: str) -> Estimate:
    blank = Figure(note=reason)
    return Estimate(kernels, macs, blank, blank, blank, blank)


def _reason_against(board: Board, counts: Sequence[OperatorCost]) -> str:
    """Why nothing can be said of this model on this board; empty when something can."""
    if not board.programmable:
        return f"{board.name} does not run such models: {board.why_not}"
    uncounted = sorted({count.name for count in counts if count.terms is None})
    if uncounted:
        return f"Nobody has counted what {', '.join(uncounted)} takes."
    hybrid = sorted({count.name for count in counts if count.hybrid})
    if hybrid:
        return (
            f"{', '.join(hybrid)} mixes float activations with stored integers or float16, "
            "which TensorFlow Lite Micro does not run: phones and computers do."
        )
    return ""


def _instructions(count: OperatorCost, costs: Costs, kernels: str, soft_float: Range) -> Range:
    """Instructions of one operator on a Cortex-M4, float ones made slower when there is no unit for them."""
    total = Range.exactly(0)
    for name, times in (count.terms or {}).items():
        found = costs.step(kernels, count.arithmetic, name)
        if found:
            table, step = found
            slower = soft_float if table == "float" else Range.exactly(1)
            total += step.instructions * Range.exactly(times) * slower
    return total


def _row(count: OperatorCost, share: Range, pace: Range) -> OperatorEstimate:
    cycles = share * pace
    return OperatorEstimate(
        op_index=count.op_index,
        name=count.name,
        macs=count.macs,
        instructions=share.typical,
        cycles=cycles.typical,
        low=cycles.low,
        high=cycles.high,
    )


def _figure(counts: Sequence[OperatorCost], shares: Sequence[Range], factor: Range, unit: str, note: str) -> Figure:
    """The sum of all operators' shares times ``factor``, with a part for each kind of operator, the dearest first."""
    total = sum(shares, start=Range.exactly(0)) * factor
    by_kind: dict[str, float] = {}
    for count, share in zip(counts, shares, strict=True):
        by_kind[count.name] = by_kind.get(count.name, 0.0) + share.typical * factor.typical
    parts = tuple(Part(name, value) for name, value in sorted(by_kind.items(), key=lambda item: -item[1]))
    return Figure(total.typical, unit, Source.ESTIMATED, total.low, total.high, parts=parts, note=note)


def energy_of(latency: Figure, board: Board) -> Figure:
    """Joules of the microcontroller alone while it computes for ``latency``, with the parts of that."""
    if latency.value is None or latency.low is None or latency.high is None:
        return Figure(note=latency.note)
    if board.active_ma is None:
        return Figure(note=f"Nobody says what {board.name} draws while it computes.")
    low, high = board.active_ma_range or (board.active_ma, board.active_ma)
    watts = Range(board.active_ma, low, high) * Range.exactly(board.supply_v / 1000) * load_costs().energy
    joules = Range(latency.value, latency.low, latency.high) * watts
    currents = f"{board.active_ma:g} mA" + (f" ({low:g} to {high:g})" if low < high else "")
    return Figure(
        joules.typical,
        "J",
        Source.ESTIMATED,
        joules.low,
        joules.high,
        parts=tuple(Part(part.name, part.value * watts.typical) for part in latency.parts),
        note=f"latency × {board.supply_v:g} V × {currents}: the microcontroller alone, radio and sensors off",
    )
