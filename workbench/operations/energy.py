"""What a model's predictions take of a battery: in a project, from the very costs that the fit bar shows."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path

from workbench.boards import Board, find_board
from workbench.codegen.generated import Option
from workbench.errors import NotPossible
from workbench.features.parameters import FeatureParameters
from workbench.figures import Figure
from workbench.graph.read import read_graph
from workbench.memory.fit import PLAIN_C, usual_engine
from workbench.operations.costs import Costs, prediction_costs
from workbench.operations.fit_figures import Deployment, FitInputs, fit_inputs
from workbench.operations.memory import deployed_graph, read_graph_file, read_model
from workbench.operations.verified import known
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.quantities import NOTHING, lifetime, quantity
from workbench.target.duty import Duty
from workbench.target.energy import EnergyReport, energy_report

_SAMPLE_BYTES = 2  # of a channel, as sensors deliver it; a picture's pixels have one


@dataclass(frozen=True)
class EnergyWanted:
    """How to look at a model: the project's own where nothing is said.

    ``board`` is a board's id, ``engine`` one of its engines, ``option`` what plain C is made for, ``variant_id`` a
    project's variant (the current one when None); ``duty`` says how the device is used.
    """

    board: str = ""
    engine: str = ""
    option: str = ""
    variant_id: int | None = None
    duty: Duty | None = None


def project_energy(project: Project, wanted: EnergyWanted) -> EnergyReport:
    """Energy by part of a project's variant. Raises NotPossible without a variant, BadBoard, BadSetting."""
    variant = project.variant(wanted.variant_id) if wanted.variant_id is not None else project.current_variant()
    if variant is None:
        raise NotPossible("There is no model yet.", to_do="Train one first.")
    if not variant.runs_on_boards:
        raise NotPossible(f"{variant.name} runs on: phone, CPU", to_do="Compress to int8 or float32.")
    board = find_board(wanted.board or project.settings(ProjectSettings).board)
    inputs = fit_inputs(project, variant, board, wanted.engine or None)
    if wanted.option:
        inputs = dataclasses.replace(inputs, deployment=dataclasses.replace(inputs.deployment, option=wanted.option))
    return variant_energy(inputs, wanted.duty or project.settings(Duty))


def variant_energy(inputs: FitInputs, duty: Duty) -> EnergyReport:
    """Energy by part of a variant, in any thread. Raises BadModel when the model file cannot be read."""
    model = read_model(inputs.model_path)
    return _report(model, inputs.board, inputs.deployment, duty, inputs.parameters)


def model_energy(model: Path | bytes, wanted: EnergyWanted) -> EnergyReport:
    """Energy by part of a .tflite (its file or bytes) on a board. Raises BadModel, BadBoard, BadSetting."""
    if isinstance(model, Path):
        read_graph_file(model)  # names the file when it is no model
        model = read_model(model)
    board = find_board(wanted.board)
    deployment = Deployment(wanted.engine, wanted.option or Option.SPEED.value)
    return _report(model, board, deployment, wanted.duty or Duty(), None)


def raw_bytes(parameters: FeatureParameters, duty: Duty) -> int:
    """What was sampled since the prediction before, a window at the most; a picture each time."""
    if parameters.picture:
        return math.prod(parameters.input_shape)
    rows = parameters.window_rows
    if parameters.rate_hz:
        rows = min(rows, math.ceil(parameters.rate_hz * duty.every_s))
    return rows * math.prod(parameters.input_shape[1:]) * _SAMPLE_BYTES


def life_in_words(life: Figure) -> str:
    """A battery's life: ``213 d``, or what it is at the most where somebody does not say enough."""
    if life.value is not None:
        return lifetime(life.value)
    return NOTHING if life.high is None else f"at the most {lifetime(life.high)}"


def in_words(report: EnergyReport) -> str:
    """The outcome in a sentence: ``213 d on 220 mAh when predicting, 9.13 d when sending the raw data instead.``"""
    battery = quantity(report.duty.battery_mah, "mAh")
    first, second = (life_in_words(life) for life in (report.life, report.life_raw))
    raw = f"{'not known' if second == NOTHING else second} when sending the raw data instead"
    if first == NOTHING:
        return f"How long {battery} last when predicting is not known; {raw}."
    return f"{first[0].upper()}{first[1:]} on {battery} when predicting, {raw}."


def _report(
    model: bytes,
    board: Board,
    deployment: Deployment,
    duty: Duty,
    parameters: FeatureParameters | None,
) -> EnergyReport:
    engine = deployment.engine or usual_engine(board)
    graph = deployed_graph(read_graph(model), engine)
    verified = known(model, board, deployment.option) if engine == PLAIN_C else None
    try:
        costs = prediction_costs(graph, board, engine, verified, deployment.option, parameters=parameters)
    except NotPossible as reason:
        costs = Costs(Figure(note=str(reason)), Figure(note=str(reason)))
    mix = None if verified is None else verified.mix
    raw = None if parameters is None else raw_bytes(parameters, duty)
    return energy_report(
        graph,
        costs.latency,
        costs.energy,
        board,
        duty,
        raw_bytes=raw,
        mix=mix,
        features_share=costs.features_share,
    )
