"""Operators and tensors of a memory scene as tables, and which subgraph the operators are of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from workbench.quantities import quantity
from workbench.ui import theme
from workbench.ui.memory_scene import MemoryScene, OperatorRow, TensorRow, shape_words
from workbench.ui.widgets.row_table import Column, RowTable


class OperatorList(QWidget):
    """The operators of one subgraph; a model that has several lets one choose."""

    chosen = Signal(object)  # the index of an operator in the subgraph shown
    subgraph_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._scene: MemoryScene | None = None
        self.subgraphs = QComboBox()
        self.subgraphs.setAccessibleName("Graph")
        self.subgraphs.setToolTip("Which of the model's graphs the operators and the network are of; the arena has all")
        self.table = RowTable(_operator_columns(self._colour), key=lambda row: row.index)
        self.table.setAccessibleName("Operators")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.subgraphs)
        column.addWidget(self.table)
        self.table.chosen.connect(self.chosen)
        self.subgraphs.activated.connect(self.subgraph_chosen)

    def show_scene(self, scene: MemoryScene) -> None:
        """Show a scene's main graph."""
        self._scene = scene
        self.subgraphs.clear()
        self.subgraphs.addItems(scene.subgraph_titles())
        self.subgraphs.setVisible(len(scene.operators) > 1)
        self.table.set_rows(scene.operators[0])

    def show_subgraph(self, number: int) -> None:
        """Show the operators of one subgraph."""
        if self._scene is not None and number != self.subgraphs.currentIndex():
            self.subgraphs.setCurrentIndex(number)
        if self._scene is not None:
            self.table.set_rows(self._scene.operators[number])

    def _colour(self, row: OperatorRow) -> QColor | None:
        return self._scene.colour_of(row.name) if self._scene else None


class TensorList(RowTable):
    """What lies in the arena, the largest first."""

    def __init__(self) -> None:
        super().__init__(_tensor_columns(self._colour), key=lambda row: row.index)
        self.setAccessibleName("Tensors in the arena")
        self._scene: MemoryScene | None = None

    def show_scene(self, scene: MemoryScene) -> None:
        """Show a scene's tensors and scratch buffers."""
        self._scene = scene
        self.set_rows(sorted(scene.tensors, key=lambda row: -row.placement.bytes))

    def _colour(self, row: TensorRow) -> QColor | None:
        """The colour of the operator that makes a tensor."""
        scene = self._scene
        made_by = scene.step_at(row.placement.first_op) if scene else None
        return scene.colour_of(made_by.name) if scene and made_by else QColor(theme.now().muted)


def _operator_columns(colour: Callable[[OperatorRow], QColor | None]) -> tuple[Column, ...]:
    def tip(row: OperatorRow) -> str:
        words = f"{row.name}, output {shape_words(row.shape)}, {row.macs:,} multiply-accumulates"
        return f"{words}\nreads and writes in this order: {row.order}" if row.order else words

    return (
        Column(
            "Operator",
            lambda row: f"{row.index}  {row.name}",
            sort=lambda row: row.index,
            tip=tip,
            chip=colour,
            stretch=True,
        ),
        Column(
            "Bytes",
            lambda row: f"{row.weight_bytes:,}",
            sort=lambda row: row.weight_bytes,
            numeric=True,
            tip=lambda _row: "bytes of weights and other constants in flash",
        ),
        Column(
            "Time",
            lambda row: quantity(row.seconds, "s"),
            sort=lambda row: row.seconds or 0.0,
            numeric=True,
            tip=lambda row: row.time_note,
        ),
    )


def _tensor_columns(colour: Callable[[TensorRow], QColor | None]) -> tuple[Column, ...]:
    def alive(row: TensorRow) -> str:
        first, last = row.placement.first_op, row.placement.last_op
        return f"{'in' if first < 0 else first}–{last}" if first != last else str(first)

    return (
        Column(
            "Tensor",
            lambda row: row.name,
            tip=lambda row: f"{row.placement.name}\n{shape_words(row.shape)}\nat byte {row.placement.offset:,}",
            chip=colour,
            stretch=True,
        ),
        Column("Bytes", lambda row: f"{row.placement.bytes:,}", sort=lambda row: row.placement.bytes, numeric=True),
        Column("Alive", alive, sort=lambda row: row.placement.first_op, numeric=True),
    )
