"""Time and energy of one prediction with an engine: computing features, and the inference, estimated or emulated."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.boards import Board
from workbench.codegen.generated import Option
from workbench.features.parameters import FeatureParameters
from workbench.figures import Figure, Part, Source
from workbench.graph.model import Graph
from workbench.memory.fit import PLAIN_C, usual_engine
from workbench.quantities import quantity
from workbench.target.estimate import Estimate, energy_of, estimate
from workbench.target.feature_cost import feature_latency
from workbench.target.verify import Verification

# Cycles of generated C over those of TensorFlow Lite Micro's usual kernels, channels that never change the answer left
# out of both: at the least, typically, at the most. Five networks took 0.39 to 0.73 for speed on a Cortex-M4, five to
# seven times that for size; cores without DSP and kernels that are not the fast ones take more.
PLAIN_C_SHARE: Mapping[str, tuple[float, float, float]] = {
    Option.SPEED.value: (0.3, 0.45, 1.5),
    Option.SIZE.value: (1.0, 2.5, 5.0),
}
KERNELS = {"tflm": "reference", "tflm-cmsis": "cmsis-nn"}  # of each engine, as resources/cores.toml names them


@dataclass(frozen=True)
class Costs:
    """Time in s and energy in J; empty, with the reason as its note, where nobody knows.

    ``features_share`` is the share of both that computing features takes.
    """

    latency: Figure
    energy: Figure
    features_share: float = 0.0


def prediction_costs(
    graph: Graph,
    board: Board,
    engine: str,
    verified: Verification | None,
    option: str = Option.SPEED.value,
    *,
    parameters: FeatureParameters | None,
) -> Costs:
    """What a prediction takes, from a full window to the answer: its features, then the inference.

    These are the costs that are shown everywhere. Without ``parameters`` nobody knows what a model's input is computed
    from: its costs are the inference's alone, and say so. Raises NotSupported as ``inference_costs`` does.
    """
    inference = inference_costs(graph, board, engine, verified, option)
    if inference.latency.value is None:
        return inference
    if parameters is None:
        latency, energy = (_alone(figure) for figure in (inference.latency, inference.energy))
        return Costs(latency, energy)
    features = feature_latency(parameters, graph.input_tensors[0].dtype, board)
    if features.value is None:
        blank = Figure(note=f"{features.note[0].upper()}{features.note[1:]}; the inference alone: {_words(inference)}")
        return Costs(blank, blank)
    latency = _sum(features, inference.latency)
    return Costs(latency, energy_of(latency, board), features.value / (features.value + inference.latency.value))


def _alone(figure: Figure) -> Figure:
    """An inference's figure that says so, where it is known."""
    return figure if figure.value is None else dataclasses.replace(figure, note=f"Inference alone: {figure.note}")


def _words(inference: Costs) -> str:
    latency = inference.latency
    return f"{quantity(latency.value, 's')} ({latency.source}), {quantity(inference.energy.value, 'J')}"


def _sum(features: Figure, inference: Figure) -> Figure:
    """Features before the inference, both at the same end of their bands together.

    The source is the inference's: what features take is always from a formula, and the note says so.
    """

    def both(end: str) -> float | None:
        one, other = getattr(features, end), getattr(inference, end)
        return None if one is None or other is None else one + other

    return dataclasses.replace(
        inference,
        value=both("value"),
        low=both("low"),
        high=both("high"),
        parts=tuple(sorted((*features.parts, *inference.parts), key=lambda part: -part.value)),
        note=f"Features ({features.source}): {features.note}. Inference ({inference.source}): {inference.note}",
    )


def inference_costs(
    graph: Graph, board: Board, engine: str, verified: Verification | None, option: str = Option.SPEED.value
) -> Costs:
    """The costs of one inference: emulated where plain C was ``verified``, else estimated.

    ``option`` is what plain C is made for. NotSupported when there are no such kernels for this core.
    """
    if engine == PLAIN_C and verified is not None:
        return emulated_costs(verified, board)
    return estimated_costs(graph, board, engine, option)


def estimated_costs(graph: Graph, board: Board, engine: str, option: str = Option.SPEED.value) -> Costs:
    """Estimated from counted operations; NotSupported when there are no such kernels for this core.

    For plain C the estimate is that of the board's usual TensorFlow Lite Micro, times PLAIN_C_SHARE.
    """
    return costs_of(engine_estimate(graph, board, engine), engine, option)


def engine_estimate(graph: Graph, board: Board, engine: str) -> Estimate:
    """The estimate for an engine's kernels; for plain C, those of the board's usual TensorFlow Lite Micro."""
    return estimate(graph, board, KERNELS[usual_engine(board) if engine == PLAIN_C else engine])


def costs_of(found: Estimate, engine: str, option: str) -> Costs:
    """The costs that an ``engine_estimate`` says."""
    if engine != PLAIN_C:
        return Costs(found.latency, found.energy)
    return Costs(_as_plain_c(found.latency, option), _as_plain_c(found.energy, option))


def emulated_costs(found: Verification, board: Board) -> Costs:
    """The cycles of a verification on a board's core, as time and energy."""
    hertz = board.core.clock_hz
    parts: dict[str, float] = {}
    for step in found.per_operator:
        parts[step.name] = parts.get(step.name, 0.0) + step.cycles / hertz
    source = found.cycles_source.rstrip(".")
    seconds = Figure(
        value=found.cycles / hertz,
        unit="s",
        source=Source.EMULATED,
        low=found.cycles_low / hertz,
        high=found.cycles_high / hertz,
        parts=tuple(Part(name, value) for name, value in sorted(parts.items(), key=lambda item: -item[1])),
        note=(
            f"{found.instructions:,} instructions counted in the emulator, as cycles of {source}, "
            f"at {hertz / 1e6:g} MHz" + (f"; {found.note}" if found.note else "")
        ),
    )
    return Costs(seconds, energy_of(seconds, board))


def _as_plain_c(figure: Figure, option: str) -> Figure:
    """An estimate for TensorFlow Lite Micro as one for generated C."""
    low, typical, high = PLAIN_C_SHARE[option]
    if figure.value is None:
        return figure
    return dataclasses.replace(
        figure,
        value=figure.value * typical,
        low=None if figure.low is None else figure.low * low,
        high=None if figure.high is None else figure.high * high,
        parts=tuple(Part(part.name, part.value * typical) for part in figure.parts),
        note=f"{figure.note}; generated C for {option} takes {low:g} to {high:g} of that, verifying tells exactly",
    )
