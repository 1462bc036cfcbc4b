"""What a model's predictions take of a battery."""

from __future__ import annotations

from pathlib import Path

from workbench.boards import find_board
from workbench.graph.read import read_graph
from workbench.operations.memory import read_graph_file
from workbench.target.energy import Duty, EnergyReport, energy_report
from workbench.target.estimate import estimate


def model_energy(model: Path | bytes, board_id: str, duty: Duty) -> EnergyReport:
    """Energy by part of a .tflite (its file or bytes) on a board. Raises BadModel, BadBoard, BadSetting."""
    board = find_board(board_id)
    graph = read_graph(model) if isinstance(model, bytes) else read_graph_file(model)
    return energy_report(graph, estimate(graph, board), board, duty)
