"""The firmware folder: one for a project's variant, or for any .tflite file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from workbench import __version__
from workbench.boards import Board, find_board
from workbench.codegen.generated import Generated, Option
from workbench.codegen.network import Network
from workbench.dataset.settings import TargetSettings
from workbench.errors import NotPossible, NotSupported
from workbench.features import parameters as feature_parameters
from workbench.features.parameters import FeatureParameters
from workbench.fields import from_json
from workbench.figures import Figure, Source
from workbench.firmware import arduino
from workbench.firmware.deployable import check_deployable
from workbench.firmware.folder import FolderPlan, Status, plan_folder, write_folder
from workbench.firmware.inputs import FirmwareFile, FirmwareInputs, NamedFigure, Task
from workbench.firmware.runtimes.plain_c import PREFIX
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.jobs import Job, share
from workbench.memory.fit import PLAIN_C, kernel_set, report, usual_engine
from workbench.operations.fit_figures import Deployment, fit_figures, model_figures, too_slow
from workbench.operations.memory import chosen_engine, read_model
from workbench.operations.open_model import tflite_of
from workbench.operations.outcome import Outcome
from workbench.project.model import Run, Variant
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.quantities import figure, quantity
from workbench.training import evaluation


@dataclass(frozen=True)
class ExportResult:
    """The folder that was written and the names of its generated files."""

    folder: Path
    files: tuple[str, ...]


@dataclass(frozen=True)
class _Runtime:
    """A model and what runs it: an engine, the smallest arena that works and how that is known, the C when it is C."""

    model: bytes = field(repr=False)
    graph: Graph = field(repr=False)
    engine: str
    arena_bytes: int
    arena_source: str
    network: Generated | None = None


@dataclass(frozen=True)
class FileSketch:
    """A file that an export would write: its content, and what would happen to the one that is there."""

    path: str
    content: bytes = field(repr=False)
    status: Status

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


def export(
    folder: Path,
    out: Path,
    board_id: str | None = None,
    *,
    variant_id: int | None = None,
    engine: str | None = None,
    job: Job,
) -> Outcome[ExportResult]:
    """Write the firmware of a project's variant (the current one by default) into a folder of its own in ``out``.

    The board and the engine are the project's own unless ``board_id`` and ``engine`` say others. The folder appears
    whole or not at all, and one that no export wrote is not touched; messages say what was kept of the person's own
    changes. Raises BadBoard, BadInput, NotPossible (no variant yet) and NotSupported.
    """
    job.progress("Collecting the model and its figures", 0.1)
    with Project.open(folder) as project:
        board = find_board(board_id or project.settings(ProjectSettings).board)
        variant = _variant(project, variant_id)
        inputs = _project_inputs(project, variant, board, engine)
    return _write(inputs, out, job)


def export_model(
    path: Path, out: Path, board_id: str, keras_format: str = "float32", *, engine: str | None = None, job: Job
) -> Outcome[ExportResult]:
    """Write a sketch for a model file from anywhere into a folder of its own in ``out``; raises as export does.

    A .keras file is converted to ``keras_format`` first. Runs in a child process.
    """
    job.progress("Reading the model", 0.1)
    board = find_board(board_id)
    model = tflite_of(path, keras_format, job=share(job, 0.1, 0.4))
    runtime = _runtime(model, board, engine or usual_engine(board))
    figures = _bare_figures(runtime, board)
    return _write(_bare_inputs(path.stem, runtime, board, figures, source=path.name), out, job)


def preview_export(project: Project, board: Board, out: Path | None = None) -> list[FileSketch]:
    """The files that an export would write for the current variant; all new unless ``out`` is given.

    Raises NotPossible, NotSupported and BadInput where the export would.
    """
    inputs = _project_inputs(project, _variant(project, None), board)
    files = arduino.build(inputs)
    if out is None:
        return [FileSketch(file.path, file.content, "new") for file in files]
    plan = plan_folder(files, out / arduino.folder_name(inputs.name))
    return [FileSketch(file.path, file.content, plan.status[file.path]) for file in files]


def preview_folder(folder: Path, board_id: str, out: Path | None = None) -> list[FileSketch]:
    """``preview_export`` of a project's folder, for any thread."""
    with Project.open(folder) as project:
        return preview_export(project, find_board(board_id), out)


def _write(inputs: FirmwareInputs, out: Path, job: Job) -> Outcome[ExportResult]:
    job.progress("Generating the sketch", 0.5)
    files = arduino.build(inputs)
    plan = plan_folder(files, out / arduino.folder_name(inputs.name))
    job.progress("Writing the folder", 0.9)
    write_folder(plan)
    result = ExportResult(plan.folder, tuple(file.path for file in files))
    return Outcome(result, messages=(*_warnings(inputs), *_messages(plan, files)))


def _warnings(inputs: FirmwareInputs) -> list[str]:
    """What does not fit or keep up; the folder is written all the same: it may be meant for a larger board."""
    return [
        f"{inputs.board.name} has too little {named.name}: "
        f"{figure(named.figure)} of {quantity(named.figure.limit, named.figure.unit)}."
        for named in inputs.figures
        if named.figure.fits is False and named.figure.unit == "B"
    ] + [sentence for named in inputs.figures if named.figure.unit == "s" for sentence in too_slow(named.figure)]


def _messages(plan: FolderPlan, files: Sequence[FirmwareFile]) -> list[str]:
    messages = []
    for name in plan.kept:
        beside = f" What would have been written is in {name}.new." if f"{name}.new" in plan.write else ""
        messages.append(f"Your changes in {name} were kept.{beside}")
    generated = {file.path for file in files}
    for name, aside in plan.put_aside.items():
        why = "was written anew" if name in generated else "is not part of the sketch any more"
        messages.append(f"{name} {why}; your changes are in {aside}.")
    return messages


def _variant(project: Project, variant_id: int | None) -> Variant:
    variant = project.current_variant() if variant_id is None else project.variant(variant_id)
    if variant is None:
        raise NotPossible(
            "There is no model to export yet.", to_do="Train a model and make an int8 variant of it first."
        )
    if not variant.runs_on_boards:
        raise NotSupported(
            f"The variant {variant.name!r} runs on phones and computers, not on microcontrollers.",
            to_do="Choose an int8 or float32 variant.",
        )
    return variant


def _bare_inputs(
    name: str, runtime: _Runtime, board: Board, figures: tuple[NamedFigure, ...], *, source: str
) -> FirmwareInputs:
    """For a model of which nobody said what its input means; ``source`` is what was exported, for the banner."""
    return FirmwareInputs(
        name=name,
        model=runtime.model,
        graph=runtime.graph,
        board=board,
        arena_bytes=runtime.arena_bytes,
        arena_source=runtime.arena_source,
        task="numbers",
        figures=figures,
        network=runtime.network,
        made_by=_made_by(source, board),
    )


def _project_inputs(project: Project, variant: Variant, board: Board, engine: str | None = None) -> FirmwareInputs:
    model = read_model(project.path(variant.model_file))
    option = project.settings(ProjectSettings).code_option
    runtime = _runtime(model, board, engine or chosen_engine(project, board), option)
    figures = _figures(project, variant, board, runtime.engine)
    if variant.run_id is None:
        return _bare_inputs(project.name, runtime, board, figures, source=project.name)
    run = project.run(variant.run_id)
    parameters = feature_parameters.from_json(run.features)
    return FirmwareInputs(
        name=project.name,
        model=model,
        graph=runtime.graph,
        board=board,
        arena_bytes=runtime.arena_bytes,
        arena_source=runtime.arena_source,
        task=cast(Task, run.task),
        parameters=parameters,
        units=_units(project, parameters),
        labels=run.classes if run.task == "classification" else (),
        target_name=_target_name(run) if run.task == "regression" else "",
        target_unit=run.target_unit,
        figures=figures,
        network=runtime.network,
        made_by=_made_by(project.name, board),
    )


def _made_by(what: str, board: Board) -> str:
    return f"Made by TinyML Workbench {__version__}: workbench export {what!r} --board {board.id}"


def _runtime(model: bytes, board: Board, engine: str, option: str = Option.SPEED.value) -> _Runtime:
    graph = read_graph(model)
    check_deployable(graph)  # its message says which variant to take instead
    if engine == PLAIN_C:
        made_from = f"From {hashlib.sha256(model).hexdigest()[:16]}."
        network = Network(graph, made_from=made_from).generate(Option(option), PREFIX)
        words = "Planned when the C was generated, inputs included."
        return _Runtime(model, graph, engine, network.arena_bytes, words, network)
    needs = {}
    for one in ("tflm", usual_engine(board)):
        kernels = kernel_set(board, one).name
        needs[kernels] = report(graph, board, one).arena.required
    each = ", ".join(f"{size:,} with {name} kernels" for name, size in needs.items())
    source = f"Simulated allocation by allocation for a 32-bit core: {each}."
    return _Runtime(model, graph, engine, max(needs.values()), source)


def _units(project: Project, parameters: FeatureParameters) -> tuple[str, ...]:
    if parameters.picture:
        return ("",) * len(parameters.channels)
    units: dict[str, str] = {}
    for recording in project.recordings():
        for channel in recording.channels:
            units[channel.name] = units.get(channel.name) or channel.unit
    return tuple(units.get(name, "") for name in parameters.channels)


def _target_name(run: Run) -> str:
    target = from_json(TargetSettings, run.settings.get(TargetSettings.__name__, {}))
    if target.source == "label":
        return "the label's number"
    ahead = f", {target.horizon_rows} rows after the window's last one" if target.horizon_rows else ""
    return f"{target.channel}{ahead}"


def _figures(project: Project, variant: Variant, board: Board, engine: str) -> tuple[NamedFigure, ...]:
    fit = fit_figures(project, variant, board, engine)
    quality = "Error on the validation split" if fit.accuracy.unit != "1" else "Accuracy on the validation split"
    return (
        *_test_figure(variant.test),
        NamedFigure(quality, fit.accuracy),
        *_board_figures(fit.flash, fit.ram, fit.latency, fit.energy),
    )


def _bare_figures(runtime: _Runtime, board: Board) -> tuple[NamedFigure, ...]:
    fit = model_figures(runtime.graph, board, deployment=Deployment(runtime.engine), model=runtime.model)
    return _board_figures(fit.flash, fit.ram, fit.latency, fit.energy)


def _board_figures(flash: Figure, ram: Figure, latency: Figure, energy: Figure) -> tuple[NamedFigure, ...]:
    return (
        NamedFigure("Flash", flash),
        NamedFigure("RAM", ram),
        NamedFigure("Time of one prediction", latency),
        NamedFigure("Energy of one prediction", energy),
    )


def _test_figure(test: dict[str, Any] | None) -> tuple[NamedFigure, ...]:
    """What the model reached on windows that nothing was chosen by, when the test split has been looked at."""
    if not test:
        return ()
    seen = evaluation.from_json(test)
    note = f"{seen.count:,} windows kept for the report"
    if seen.task == "classification":
        share = Figure(seen.accuracy, "1", Source.EVALUATED, low=seen.accuracy_low, high=seen.accuracy_high, note=note)
        return (NamedFigure("Accuracy on the test split", share),)
    error = Figure(seen.mae, seen.unit, Source.EVALUATED, note=note)
    return (NamedFigure("Mean absolute error on the test split", error),)
