"""Flash, RAM and arena of a model on one sheet, for a file: light whatever the window looks like, and printable."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from workbench.boards import Board
from workbench.errors import NotPossible, NotSupported
from workbench.files import write_atomically
from workbench.operations.fit_figures import verdict
from workbench.operations.memory import Deployed
from workbench.ui import theme
from workbench.ui.memory_rows import scene_of
from workbench.ui.memory_scene import MemoryScene
from workbench.ui.widgets.arena_picture import ArenaPicture
from workbench.ui.widgets.memory_map import MemoryMap

SHEET = QSize(1400, 900)
_MARGIN, _HEAD = 32, 92  # px
_MAP_WIDTH = 288
_SCALE = 2  # px of a PNG for each of the sheet's: sharp in print
Paint = Callable[[QPainter], None]


def save_sheet(path: Path, scene: MemoryScene, board_name: str) -> None:
    """Write the sheet as .svg or .png, whole or not at all; NotSupported for another kind of file."""
    save_picture(path, SHEET, lambda painter: _paint(painter, scene, board_name))


def save_arena(path: Path, scene: MemoryScene) -> None:
    """Write the arena picture alone."""
    size = QSize(1000, 700)
    save_picture(path, size, lambda painter: _paint_arena(painter, scene, QRectF(0, 0, size.width(), size.height())))


def save_picture(path: Path, size: QSize, paint: Paint) -> None:
    """Write what ``paint`` draws into ``size`` px, in the light theme; the file's name says which kind."""
    makers = {".svg": _svg, ".png": _png}
    if path.suffix.lower() not in makers:
        raise NotSupported(
            f"There are no pictures of the kind {path.suffix or path.name!r}.",
            where=str(path),
            to_do="Let the file's name end in .svg or .png.",
        )
    with theme.printed():
        content = makers[path.suffix.lower()](size, paint)
    try:
        write_atomically(path, content)
    except OSError as error:
        raise NotPossible(f"The file cannot be written: {error.strerror}.", where=str(path)) from error


def draw_sheet(path: Path, name: str, run: Deployed, board: Board, option: str) -> None:
    """``save_sheet`` for the command line, of what ``scene_of`` takes: without a window, and without a display."""
    if QApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        application = QApplication(["workbench"])  # kept until the end: without it Qt has no fonts
        application.setQuitOnLastWindowClosed(False)
    save_sheet(path, scene_of(name, run, board, option=option), board.name)


def _svg(size: QSize, paint: Paint) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle("Memory map")
    _draw(QPainter(generator), size, paint)
    buffer.close()
    return bytes(content.data())


def _png(size: QSize, paint: Paint) -> bytes:
    image = QImage(size * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    _draw(QPainter(image), size, paint)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return bytes(content.data())


def _draw(painter: QPainter, size: QSize, paint: Paint) -> None:
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(theme.now().panel))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()


def _paint(painter: QPainter, scene: MemoryScene, board_name: str) -> None:
    tokens, font = theme.now(), QFont()
    width = SHEET.width() - 2 * _MARGIN
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.setFont(theme.scaled_font(font, 1.5, bold=True))
    painter.setPen(QColor(tokens.text))
    painter.drawText(QRectF(_MARGIN, 20, width, 28), left, f"{scene.variant} on {board_name}")
    words = " ".join(filter(None, (verdict(scene.report), scene.saving())))
    painter.setFont(font)
    painter.setPen(QColor(tokens.good if scene.report.fits else tokens.bad))
    shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, width)
    painter.drawText(QRectF(_MARGIN, 52, width, 20), left, shown)
    height = (SHEET.height() - _HEAD - _MARGIN) // 2
    maps = (("FLASH", scene.flash, scene.report.flash), ("RAM", scene.ram, scene.report.ram))
    for place, (title, blocks, use) in enumerate(maps):
        shown_map = MemoryMap(title)
        shown_map.resize(_MAP_WIDTH, height - 16)
        shown_map.show_blocks(blocks, use.limit, use.made_of)
        painter.save()
        painter.translate(_MARGIN, _HEAD + place * height)
        shown_map.paint(painter)
        painter.restore()
    right = _MARGIN + _MAP_WIDTH + 40
    area = QRectF(right, _HEAD, SHEET.width() - right - _MARGIN, SHEET.height() - _HEAD - _MARGIN)
    _paint_arena(painter, scene, area)


def _paint_arena(painter: QPainter, scene: MemoryScene, area: QRectF) -> None:
    picture = ArenaPicture(scene.drawing())
    picture.resize(area.size())
    painter.save()
    painter.translate(area.topLeft())
    picture.paint(painter)
    painter.restore()
