"""What a firmware folder is made from, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.boards import Board
from workbench.codegen.generated import Generated
from workbench.features.parameters import FeatureParameters
from workbench.figures import Figure
from workbench.graph.model import Graph

Task = Literal["classification", "regression", "numbers"]  # numbers: a bare model, nobody said what it predicts


@dataclass(frozen=True)
class NamedFigure:
    """A figure with its name, such as Accuracy, for the guide's table."""

    name: str
    figure: Figure


@dataclass(frozen=True)
class FirmwareInputs:
    """All that a firmware folder is built from; no file is read on the way.

    ``name`` is the project's name as the person wrote it. ``model`` holds the .tflite file's bytes and ``graph`` the
    same model read. ``arena_bytes`` is the smallest arena that works on the board, ``arena_source`` how that is known.
    ``parameters`` is None for a bare model: then the sketch asks for the model's own input values. ``units`` has one
    entry a channel, empty where unknown. ``labels`` has one entry a class; ``target_unit`` is regression's.
    ``target_name`` says what a regression predicts, in words. ``network`` is the model as generated C; without it,
    TensorFlow Lite Micro runs the model.
    """

    name: str
    model: bytes
    graph: Graph
    board: Board
    arena_bytes: int
    arena_source: str
    task: Task
    parameters: FeatureParameters | None = None
    units: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    target_name: str = ""
    target_unit: str = ""
    figures: tuple[NamedFigure, ...] = ()
    network: Generated | None = None
    made_by: str = ""  # program, version and command, for the banner


@dataclass(frozen=True)
class FirmwareFile:
    """One file of the folder: its name (no folders) and content.

    ``editable`` marks the files that are the person's to change; a later export keeps their changes.
    """

    path: str
    content: bytes
    editable: bool = False
