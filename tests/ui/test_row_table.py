"""A table of plain objects."""

from __future__ import annotations

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from workbench.ui import theme
from workbench.ui.app import make_application
from workbench.ui.widgets.row_table import Column, RowTable


def test_a_chip_has_the_same_colour_in_a_selected_row(qtbot: QtBot) -> None:
    make_application()
    table = RowTable([Column("Label", str, chip=lambda _row: QColor(theme.OKABE_ITO[0]))], key=str)
    qtbot.addWidget(table)
    table.resize(200, 120)
    table.show()
    table.set_rows(["a", "b"])
    table.choose("a")
    picture = table.viewport().grab().toImage()
    scale = picture.width() / table.viewport().width()
    colours = []
    for row in range(2):
        box = table.visualRect(table.model().index(row, 0))
        across = [picture.pixelColor(round(x * scale), round(box.center().y() * scale)) for x in range(4, 30)]
        colours.append([colour.name() for colour in across].count(theme.OKABE_ITO[0].lower()))
    assert colours[0] == colours[1] > 8
