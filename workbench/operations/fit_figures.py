"""The figures of the fit bar: what a variant takes on a board, and how good it is."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from workbench.boards import Board
from workbench.codegen.generated import Option
from workbench.errors import NotPossible
from workbench.features.parameters import FeatureParameters
from workbench.figures import UNKNOWN, Figure, Part, Source
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.memory.budget import Buffers, Firmware
from workbench.memory.fit import MemoryReport, usual_engine
from workbench.memory.use import MemoryUse, PartKind
from workbench.operations.costs import prediction_costs
from workbench.operations.memory import (
    chosen_engine,
    deployed,
    own_firmware,
    read_model,
    variant_buffers,
    variant_parameters,
)
from workbench.project.model import Variant
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.quantities import bare_kilobytes, kilobytes, quantity
from workbench.training.evaluation import Evaluation
from workbench.training.evaluation import from_json as evaluation_from_json

_TITLES = {
    PartKind.RESERVED: "reserved by the board",
    PartKind.VECTORS: "vector table",
    PartKind.CODE: "code",
    PartKind.WEIGHTS: "weights",
    PartKind.MODEL: "model's graph",
    PartKind.STRINGS: "model's names",
    PartKind.ARENA: "arena",
    PartKind.SPARE: "spare arena in the sketch",
    PartKind.INTERPRETER: "interpreter and resolver",
    PartKind.STACK: "stack",
    PartKind.WINDOW: "window of samples",
    PartKind.FEATURES: "feature computation",
    PartKind.FRAME: "camera's frame buffer",
    PartKind.FIRMWARE: "your own firmware",
}


@dataclass(frozen=True)
class FitFigures:
    """Flash and RAM in B, latency in s, energy in J, accuracy as a share (or the mean absolute error in its unit).

    ``fits`` is None when it cannot be told; ``verdict`` says it in a sentence.
    """

    flash: Figure
    ram: Figure
    latency: Figure
    energy: Figure
    accuracy: Figure
    fits: bool | None
    verdict: str


@dataclass(frozen=True)
class Deployment:
    """What runs a model: an engine, the board's usual one when empty, and what generated C is made for."""

    engine: str = ""
    option: str = Option.SPEED.value


@dataclass(frozen=True)
class FitInputs:
    """What the figures of a variant are computed from; read from the project once, so that it need not be at hand."""

    variant: Variant
    model_path: Path
    board: Board
    buffers: Buffers
    firmware: Firmware
    parameters: FeatureParameters | None
    deployment: Deployment = Deployment()


def fit_inputs(project: Project, variant: Variant, board: Board, engine: str | None = None) -> FitInputs:
    """Read what the figures of a variant on a board depend on, the model file excepted.

    The engine is the project's own unless ``engine`` says another.
    """
    return FitInputs(
        variant,
        project.path(variant.model_file),
        board,
        variant_buffers(project, variant, board),
        own_firmware(project),
        variant_parameters(project, variant),
        Deployment(engine or chosen_engine(project, board), project.settings(ProjectSettings).code_option),
    )


def fit_figures(project: Project, variant: Variant, board: Board, engine: str | None = None) -> FitFigures:
    """The figures of a variant on a board; a figure nobody can know is empty, with the reason as its note."""
    return compute_figures(fit_inputs(project, variant, board, engine))


def compute_figures(inputs: FitInputs) -> FitFigures:
    """``fit_figures``, in any thread or process. Raises BadModel when the model file cannot be read."""
    accuracy = accuracy_figure(inputs.variant)
    if not inputs.variant.runs_on_boards:
        return elsewhere(inputs.variant.name, accuracy)
    model = read_model(inputs.model_path)
    return figures_in_place(inputs, read_graph(model), model, accuracy)


def figures_in_place(inputs: FitInputs, graph: Graph, model: bytes, accuracy: Figure = UNKNOWN) -> FitFigures:
    """The figures of a model, read and as bytes, in the place of the variant of ``inputs``."""
    return model_figures(
        graph,
        inputs.board,
        buffers=inputs.buffers,
        firmware=inputs.firmware,
        parameters=inputs.parameters,
        accuracy=accuracy,
        deployment=inputs.deployment,
        model=model,
    )


def model_figures(
    graph: Graph,
    board: Board,
    *,
    buffers: Buffers | None = None,
    firmware: Firmware | None = None,
    parameters: FeatureParameters | None = None,
    accuracy: Figure = UNKNOWN,
    deployment: Deployment = Deployment(),
    model: bytes | None = None,
) -> FitFigures:
    """The figures of a model, whether it is a variant of a project or not yet.

    As plain C, they are compiled and emulated ones where ``model``, the same as bytes, was verified for this core.
    """
    engine, option = deployment.engine or usual_engine(board), deployment.option
    try:
        run = deployed(graph, board, engine, option=option, model=model, buffers=buffers, firmware=firmware)
        costs = prediction_costs(run.graph, board, engine, run.verified, option, parameters=parameters)
    except NotPossible as reason:
        return unknown_figures(str(reason), accuracy)
    memory = run.memory
    latency = dataclasses.replace(costs.latency, limit=_time_for_one(parameters))
    return FitFigures(
        flash=size_figure(memory.flash, memory.source),
        ram=size_figure(memory.ram, memory.source),
        latency=latency,
        energy=costs.energy,
        accuracy=accuracy,
        fits=memory.fits and latency.fits is not False,
        verdict=" ".join((verdict(memory), *too_slow(latency))),
    )


def _time_for_one(parameters: FeatureParameters | None) -> float | None:
    """Seconds until the next window is complete, so the most that a prediction may take; None when there is no such."""
    if parameters is None:
        return None
    return parameters.stride_rows / parameters.rate_hz if parameters.rate_hz and parameters.stride_rows else None


def too_slow(latency: Figure) -> tuple[str, ...]:
    """A sentence when a prediction takes longer than the stride leaves for it."""
    if latency.fits is not False:
        return ()
    takes, limit = quantity(latency.value, "s"), quantity(latency.limit, "s")
    return (f"Too slow: a prediction takes about {takes}, and the next one is due after {limit}.",)


def elsewhere(name: str, accuracy: Figure) -> FitFigures:
    """The figures of a model that no microcontroller runtime takes."""
    return unknown_figures(f"{name} runs on: phone, CPU", accuracy)


def unknown_figures(reason: str, accuracy: Figure) -> FitFigures:
    """Only the accuracy is known, for a reason."""
    blank = Figure(note=reason)
    return FitFigures(blank, blank, blank, blank, accuracy, None, reason)


def size_figure(use: MemoryUse, source: Source = Source.ESTIMATED) -> Figure:
    """Flash or RAM in B: what is used with its band and parts, against the board's limit."""
    sizes: dict[PartKind, int] = {}
    for part in use.parts:
        sizes[part.kind] = sizes.get(part.kind, 0) + part.bytes
    return Figure(
        value=use.used,
        unit="B",
        source=source,
        low=use.low,
        high=use.high,
        limit=use.limit,
        parts=tuple(Part(_TITLES[kind], size) for kind, size in sizes.items()),
        note=use.note,
    )


def verdict(memory: MemoryReport) -> str:
    """One sentence with numbers: ``Fits: 61.2 of 1,024.0 KB flash, 22.3 of 256.0 KB RAM.``"""
    kinds = (("flash", memory.flash), ("RAM", memory.ram))
    shares = ", ".join(f"{bare_kilobytes(use.used)} of {kilobytes(use.limit)} {name}" for name, use in kinds)
    over = [(name, -use.free) for name, use in kinds if use.free < 0]
    over += [(other.region.name, -other.free) for other in memory.ram.elsewhere if other.free < 0]
    if not over:
        return f"Fits: {shares}."
    excess = " and ".join(f"{kilobytes(size)} {name}" for name, size in over)
    full = [part for _, use in kinds if use.free < 0 for part in use.parts]
    largest = max(full, key=lambda part: part.bytes, default=None)
    blame = f" The largest part is the {largest.name} with {kilobytes(largest.bytes)}." if largest else ""
    return f"Over by {excess}: {shares}.{blame}"


def unjudged(variant: Variant) -> str:
    """Why nobody knows how good a given model's variant is."""
    calibration = variant.recipe.get("calibration", "")
    how = f" Its int8 ranges come from {calibration}." if calibration else ""
    return f"It came without data to judge it by; recordings that fit it can.{how}"


def accuracy_figure(variant: Variant) -> Figure:
    """The variant's stored evaluation with its 95 % interval."""
    if not variant.evaluation:
        return Figure(note=unjudged(variant))
    return evaluation_figure(evaluation_from_json(variant.evaluation))


def evaluation_figure(evaluation: Evaluation) -> Figure:
    """An evaluation with its 95 % interval."""
    windows = f"{evaluation.count:,} windows of {evaluation.recordings:,} recordings"
    note = f"{windows}, {evaluation.judged_on.removeprefix('the ')}, 95 % interval"
    if evaluation.accuracy is not None:
        low, high = evaluation.accuracy_low, evaluation.accuracy_high
        return Figure(evaluation.accuracy, "1", Source.EVALUATED, low, high, note=note)
    if evaluation.mae is not None:
        low, high = evaluation.mae_low, evaluation.mae_high
        return Figure(evaluation.mae, evaluation.unit, Source.EVALUATED, low, high, note=f"mean absolute error, {note}")
    return UNKNOWN
