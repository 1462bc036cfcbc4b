"""What is known of a variant on its core: verified as plain C, every engine beside it, what others published."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.boards import Board
from workbench.figures import Figure
from workbench.graph.read import read_graph
from workbench.operations.costs import emulated_costs
from workbench.operations.fit_figures import FitInputs
from workbench.operations.memory import read_model
from workbench.operations.side_by_side import EngineRow, Published, published, side_by_side
from workbench.operations.verified import known
from workbench.target.feature_cost import feature_latency
from workbench.target.verify import Verification


@dataclass(frozen=True)
class StepFacts:
    """One step of an invocation, ``share`` of all cycles; ``joules`` is None where nobody knows the board's current."""

    operator: int | None
    name: str
    instructions: int
    cycles: float
    seconds: float
    joules: float | None
    share: float
    weights_bytes: int


@dataclass(frozen=True)
class CoreFacts:
    """``verification`` is None until somebody verified the variant for this core; then there are ``steps`` too.

    ``features`` is the time (s) that computing them takes before each inference, in the engines' figures as well; None
    where nobody knows what the model's input is computed from.
    """

    board: Board
    verification: Verification | None
    steps: tuple[StepFacts, ...]
    engines: tuple[EngineRow, ...]
    published: Published | None
    features: Figure | None = None


def core_facts(inputs: FitInputs) -> CoreFacts:
    """Collect them, in any thread; raises BadModel when the model file cannot be read."""
    model = read_model(inputs.model_path)
    graph = read_graph(model)
    found = known(model, inputs.board, inputs.deployment.option)
    return CoreFacts(
        inputs.board,
        found,
        () if found is None else _steps(found, inputs.board),
        side_by_side(inputs, graph, model),
        published(graph),
        feature_latency(inputs.parameters, graph.input_tensors[0].dtype, inputs.board) if inputs.parameters else None,
    )


def _steps(found: Verification, board: Board) -> tuple[StepFacts, ...]:
    energy = emulated_costs(found, board).energy.value
    return tuple(
        StepFacts(
            operator=step.operator,
            name=step.name,
            instructions=step.instructions,
            cycles=step.cycles,
            seconds=step.cycles / board.core.clock_hz,
            joules=None if energy is None else energy * step.cycles / found.cycles,
            share=step.cycles / found.cycles,
            weights_bytes=step.weights_bytes,
        )
        for step in found.per_operator
    )
