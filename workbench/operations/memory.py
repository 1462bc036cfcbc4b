"""Memory of a model on a board."""

from __future__ import annotations

import json
import math
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
from workbench.project.model import Variant
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project

_FLOAT = 4


def memory_report(
    model: bytes | Path,
    board: Board,
    engine: str | None = None,
    *,
    buffers: Buffers | None = None,
    firmware: Firmware | None = None,
) -> MemoryReport:
    """What a .tflite model takes on a board, from its bytes or its file.

    ``engine`` is "c" (plain C), "tflm" (TensorFlow Lite Micro with reference kernels) or "tflm-cmsis"; None takes the
    usual one for the board's core. Raises BadModel when the file is not a model, NotSupported when the engine cannot
    run it.
    """
    graph = read_graph(model) if isinstance(model, bytes) else read_graph_file(model)
    engine = engine or usual_engine(board)
    return report(deployed_graph(graph, engine), board, engine, buffers=buffers, firmware=firmware)


def variant_memory(
    project: Project, variant: Variant, board: Board, engine: str | None = None, *, firmware: Firmware | None = None
) -> MemoryReport:
    """What a variant takes on a board: with its window of samples, feature computation and the user's firmware.

    The engine and the firmware are those of the project's settings unless another is given.
    """
    graph = read_graph_file(project.path(variant.model_file))
    buffers = variant_buffers(project, variant, board)
    engine = engine or chosen_engine(project, board)
    graph = deployed_graph(graph, engine)
    for_size = project.settings(ProjectSettings).code_option == Option.SIZE.value
    firmware = firmware or own_firmware(project)
    return report(graph, board, engine, buffers=buffers, firmware=firmware, for_size=for_size)


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
    try:
        return read_graph(read_model(path))
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
