"""Memory of a model on a board."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from workbench.boards import Board
from workbench.codegen.channel_removal import without_dead_channels
from workbench.codegen.generated import Option
from workbench.errors import BadModel, NotPossible, NotSupported
from workbench.features.blocks import BLOCKS
from workbench.features.parameters import FeatureParameters
from workbench.features.parameters import from_json as parameters_from_json
from workbench.files import write_atomically
from workbench.firmware.cameras import camera_frame_bytes
from workbench.graph.model import Graph
from workbench.graph.read import MAX_FILE_BYTES, read_graph
from workbench.memory.budget import Buffers, Firmware
from workbench.memory.fit import PLAIN_C, MemoryReport, engines_for, report, usual_engine
from workbench.operations.verified import compiled, known
from workbench.project.model import Variant
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.target.verify import Verification

_FLOAT = 4


@dataclass(frozen=True)
class Deployed:
    """A model as an engine runs it.

    ``graph`` is what the engine runs of the ``given`` one, ``verified`` what verifying it as plain C found, where
    somebody did; ``memory`` has the sizes that were compiled then.
    """

    given: Graph
    graph: Graph
    memory: MemoryReport
    verified: Verification | None


def deployed(
    graph: Graph,
    board: Board,
    engine: str,
    *,
    option: str = Option.SPEED.value,
    model: bytes | None = None,
    buffers: Buffers | None = None,
    firmware: Firmware | None = None,
) -> Deployed:
    """What a model is and takes on a board with an engine; as plain C, made for ``option``.

    A verification is looked for where ``model``, the same as bytes, is given. Raises NotSupported when the engine
    cannot run the model.
    """
    verified = known(model, board, option) if model is not None and engine == PLAIN_C else None
    run = deployed_graph(graph, engine)
    memory = report(
        run,
        board,
        engine,
        buffers=buffers,
        firmware=firmware,
        compiled=compiled(verified) if verified else None,
        for_size=option == Option.SIZE.value,
    )
    return Deployed(graph, run, memory, verified)


def memory_report(
    model: bytes | Path,
    board: Board,
    engine: str | None = None,
    *,
    option: str = Option.SPEED.value,
    firmware: Firmware | None = None,
) -> MemoryReport:
    """What a .tflite model takes on a board, from its bytes or its file.

    ``engine`` is "c" (plain C, made for ``option``), "tflm" (TensorFlow Lite Micro with reference kernels) or
    "tflm-cmsis"; None takes the usual one for the board's core. Raises BadModel when the file is not a model,
    NotSupported when the engine cannot run it.
    """
    content, graph = (model, read_graph(model)) if isinstance(model, bytes) else read_model_file(model)
    engine = engine or usual_engine(board)
    return deployed(graph, board, engine, option=option, model=content, firmware=firmware).memory


def variant_memory(
    project: Project, variant: Variant, board: Board, engine: str | None = None, *, firmware: Firmware | None = None
) -> MemoryReport:
    """What a variant takes on a board: with its window of samples, feature computation and the user's firmware.

    The engine and the firmware are those of the project's settings unless another is given.
    """
    content, graph = read_model_file(project.path(variant.model_file))
    return deployed(
        graph,
        board,
        engine or chosen_engine(project, board),
        option=project.settings(ProjectSettings).code_option,
        model=content,
        buffers=variant_buffers(project, variant, board),
        firmware=firmware or own_firmware(project),
    ).memory


def chosen_engine(project: Project, board: Board) -> str:
    """The engine that the project's settings choose, or the board's usual one where its core does not have that."""
    chosen = project.settings(ProjectSettings).engine
    return chosen if chosen in engines_for(board) else usual_engine(board)


def deployed_graph(graph: Graph, engine: str) -> Graph:
    """What an engine runs of a model: as plain C, without the channels that never change the answer."""
    if engine != PLAIN_C:
        return graph
    try:
        return without_dead_channels(graph).graph
    except NotSupported:  # generating C says why; what the tensors take is known all the same
        return graph


def own_firmware(project: Project) -> Firmware:
    """What the project's settings say the rest of the firmware takes."""
    settings = project.settings(ProjectSettings)
    return Firmware(settings.firmware_flash_bytes, settings.firmware_ram_bytes)


def variant_parameters(project: Project, variant: Variant) -> FeatureParameters | None:
    """What feeds a variant's model; None when the model was given: nobody said what its input means."""
    return None if variant.run_id is None else parameters_from_json(project.run(variant.run_id).features)


def variant_buffers(project: Project, variant: Variant, board: Board) -> Buffers:
    """RAM that feeds a variant's model on a board."""
    parameters = variant_parameters(project, variant)
    return Buffers() if parameters is None else feeding_buffers(parameters, board)


def feeding_buffers(parameters: FeatureParameters, board: Board | None = None) -> Buffers:
    """RAM of the exported firmware's window and features, as its templates declare them.

    For pictures, the frame buffer of the board's own camera too, when the firmware knows how to read it; a camera that
    is left to the person counts with their own firmware.
    """
    if parameters.picture:
        frame = camera_frame_bytes(board, parameters) if board is not None else 0
        return Buffers(window_bytes=math.prod(parameters.input_shape), frame_bytes=frame)
    window = math.prod(parameters.input_shape) * _FLOAT
    if parameters.block == "raw":  # read from the window itself
        return Buffers(window)
    features = math.prod(parameters.output_shape) * _FLOAT
    return Buffers(window, features + BLOCKS[parameters.block].state_bytes(parameters.input_shape, parameters.settings))


def save_plan(memory: MemoryReport, path: Path) -> None:
    """Write the report as JSON, the same that ``workbench memory --json`` prints; whole or not at all."""
    try:
        write_atomically(path, json.dumps(memory.to_json(), allow_nan=False, indent=2).encode())
    except OSError as error:
        raise NotPossible(f"The file cannot be written: {error.strerror}.", where=str(path)) from error


def read_graph_file(path: Path) -> Graph:
    """The graph of a model file; BadModel, with the file's name, when it is none."""
    return read_model_file(path)[1]


def read_model_file(path: Path) -> tuple[bytes, Graph]:
    """The bytes of a model file and their graph; BadModel, with the file's name, when it is none."""
    try:
        content = read_model(path)
        return content, read_graph(content)
    except BadModel as error:
        if path.name in error.where:
            raise
        place = f"{path}, {error.where}" if error.where else str(path)
        raise BadModel(error.what, where=place, to_do=error.to_do) from error


def read_model(path: Path) -> bytes:
    """The bytes of a model file; BadModel when it cannot be read."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadModel(f"The file has more than {MAX_FILE_BYTES:,} bytes.", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise BadModel(f"The model cannot be read: {error.strerror}.", where=str(path)) from error
