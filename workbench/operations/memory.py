"""Memory of a model on a board."""

from __future__ import annotations

import math
from pathlib import Path

from workbench.boards import Board
from workbench.errors import BadModel
from workbench.features.parameters import FeatureParameters
from workbench.features.parameters import from_json as parameters_from_json
from workbench.features.spectrum import transform_length
from workbench.graph.model import Graph
from workbench.graph.read import MAX_FILE_BYTES, read_graph
from workbench.memory.budget import Buffers, Firmware
from workbench.memory.fit import MemoryReport, report
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
    return report(graph, board, engine, buffers=buffers, firmware=firmware)


def variant_memory(project: Project, variant: Variant, board: Board, engine: str | None = None) -> MemoryReport:
    """What a variant takes on a board: with its window of samples, feature computation and the user's firmware."""
    graph = read_graph_file(project.path(variant.model_file))
    buffers = feeding_buffers(parameters_from_json(project.run(variant.run_id).features))
    return report(graph, board, engine, buffers=buffers, firmware=own_firmware(project))


def own_firmware(project: Project) -> Firmware:
    """What the project's settings say the rest of the firmware takes."""
    settings = project.settings(ProjectSettings)
    return Firmware(settings.firmware_flash_bytes, settings.firmware_ram_bytes)


def feeding_buffers(parameters: FeatureParameters) -> Buffers:
    """RAM of the exported firmware's window and features, as its templates declare them."""
    features = math.prod(parameters.output_shape) * _FLOAT
    if parameters.picture:
        return Buffers(window_bytes=math.prod(parameters.input_shape))
    window = math.prod(parameters.input_shape) * _FLOAT
    if parameters.block == "spectrum":
        return Buffers(window, features + 2 * transform_length(parameters.window_rows) * _FLOAT)
    return Buffers(window, 0 if parameters.block == "raw" else features)


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
