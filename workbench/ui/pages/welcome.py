"""The first page: open a sample or a recent project, or start a new one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import theme
from workbench.ui.background import Background
from workbench.ui.pages.page import Page
from workbench.ui.sample_pictures import SamplePicture, read_recent, read_samples
from workbench.ui.session import Session
from workbench.ui.widgets.glyphs import paint_glyph
from workbench.ui.widgets.hover import HoverButton
from workbench.ui.widgets.wrapped_text import wrapped

if TYPE_CHECKING:
    import numpy as np

    from workbench.operations.outcome import Topic

_PICTURE_HEIGHT = 96
_CARD_HEIGHT = 248
_CARD_WIDTH = 248  # at least
_RECENT_SHOWN = 6


class _Tile(HoverButton):
    """Something to press with a ground that answers to the pointer."""

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _ground(self) -> tuple[QPainter, QRectF]:
        tokens = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(QColor(tokens.accent if lit else tokens.line))
        painter.setBrush(QColor(tokens.hover if self.underMouse() else tokens.panel))
        painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
        return painter, box


class SampleCard(_Tile):
    """One sample project: its own data as the picture, name, description, facts."""

    def __init__(self, picture: SamplePicture) -> None:
        super().__init__()
        self.picture = picture
        self.setObjectName(f"sample_{picture.sample.folder.name}")
        self.setAccessibleName(f"Open the sample {picture.sample.name}")
        self.setToolTip("Opens a copy of your own; the sample stays as it is.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._images = [_image(pixels) for pixels in picture.pictures]

    def sizeHint(self) -> QSize:
        return QSize(_CARD_WIDTH, _CARD_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.now()
        painter, box = self._ground()
        upper = QRectF(box.left() + 1, box.top() + 1, box.width() - 2, _PICTURE_HEIGHT)
        clip = QPainterPath()
        clip.addRoundedRect(upper, theme.CORNER - 1, theme.CORNER - 1)
        painter.save()
        painter.setClipPath(clip)
        painter.fillRect(upper, QColor(tokens.window))
        if self._images:
            self._draw_pictures(painter, upper.adjusted(12, 12, -12, -12))
        else:
            self._draw_channels(painter, upper.adjusted(0, 12, 0, -12))
        painter.restore()
        words = box.adjusted(12, _PICTURE_HEIGHT + 10, -12, -10)
        painter.setFont(theme.scaled_font(self.font(), 1.1, bold=True))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(words.left(), words.top(), words.width(), 20), 0, self.picture.sample.name)
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.muted))
        middle = words.adjusted(0, 24, 0, -20)
        lines = wrapped(self.picture.sample.description, painter.fontMetrics(), middle)
        painter.drawText(middle, 0, lines)
        painter.setFont(theme.scaled_font(self.font(), 0.9))
        foot = QRectF(words.left(), words.bottom() - 16, words.width(), 16)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.picture.facts)

    def _draw_channels(self, painter: QPainter, box: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for number, channel in enumerate(self.picture.channels):
            painter.setPen(QPen(theme.series_colour(number), 1.3))
            step = box.width() / max(1, len(channel) - 1)
            middle, half = box.center().y(), box.height() / 2
            line = QPolygonF([QPointF(box.left() + i * step, middle - half * float(v)) for i, v in enumerate(channel)])
            painter.drawPolyline(line)

    def _draw_pictures(self, painter: QPainter, box: QRectF) -> None:
        side = (box.height() - 8) / 2
        columns = max(1, int((box.width() + 8) // (side + 8)))
        gap = (box.width() - columns * side) / max(1, columns - 1)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number, image in enumerate(self._images[: 2 * columns]):
            row, column = divmod(number, columns)
            place = QRectF(box.left() + column * (side + gap), box.top() + row * (side + 8), side, side)
            painter.drawImage(place, image)


class RecentRow(_Tile):
    """A project that was open lately: its name and where it is."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.setAccessibleName(f"Open {folder.name}")
        self.setToolTip(str(folder))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_CARD_WIDTH, 44)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.now()
        painter, box = self._ground()
        paint_glyph(painter, "folder", QRectF(12, box.height() / 2 - 8, 17, 17), QColor(tokens.muted))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        bold = theme.scaled_font(self.font(), 1.0, bold=True)
        painter.setFont(bold)
        painter.setPen(QColor(tokens.text))
        words = box.adjusted(40, 0, -12, 0)
        painter.drawText(words, left, self.folder.name)
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.muted))
        rest = words.adjusted(QFontMetrics(bold).horizontalAdvance(self.folder.name) + 16, 0, 0, 0)
        where = QFontMetrics(self.font()).elidedText(
            str(self.folder.parent), Qt.TextElideMode.ElideMiddle, round(rest.width())
        )
        painter.drawText(rest, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, where)


class WelcomePage(Page):
    """Samples with their pictures, recent projects, new and open."""

    id = "welcome"
    title = "Welcome"
    help_text = (
        "A project is one folder with everything in it: recordings, labels, settings, models. Open a sample to see "
        "the whole line at work, or make a new project and record or import your own data.\n\n"
        "Samples are read-only: opening one opens your own copy.\n\n"
        "Drop a project folder anywhere on the window to open it. Drop a .tflite or .keras file, and it opens as a "
        "project of its own beside yours, where Memory and Export work, and for a .keras Compress; the same file finds "
        "the same project again."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._cards: list[SampleCard] = []
        column = QVBoxLayout()
        column.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, 0)
        column.setSpacing(theme.GRID)
        self.content.addLayout(column)
        column.addLayout(self._head())
        column.addSpacing(2 * theme.GRID)
        column.addWidget(_section("Start from a sample"))
        self._grid = QGridLayout()
        self._grid.setSpacing(2 * theme.GRID)
        column.addLayout(self._grid)
        column.addSpacing(2 * theme.GRID)
        column.addWidget(_section("Recent"))
        self._recent = QVBoxLayout()
        self._recent.setSpacing(4)
        column.addLayout(self._recent)
        column.addStretch(1)
        hint = QLabel(
            "Drop a project folder or a model on the window to open it. F1 opens the help of every page, Ctrl+K finds "
            "everything."
        )
        hint.setProperty("role", "muted")
        column.addWidget(hint)
        self._reading = Background(self)
        # After the window is on the screen: reading them imports numpy and pyarrow.
        QTimer.singleShot(0, self, self._read)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        words = QVBoxLayout()
        words.setSpacing(2)
        heading = QLabel("From a sensor to firmware that fits")
        heading.setProperty("role", "headline")
        words.addWidget(heading)
        what = QLabel(
            "Record, label, train a small model, see what it takes on the board, export. All on this computer."
        )
        what.setProperty("role", "muted")
        words.addWidget(what)
        row.addLayout(words, 1)
        self.model_button = QPushButton("Open model…")
        self.model_button.setToolTip("See what a .tflite or .keras file takes on the board, and export it")
        self.model_button.clicked.connect(lambda: self.trigger("project.open_model"))
        row.addWidget(self.model_button)
        self.open_button = QPushButton("Open project…")
        self.open_button.clicked.connect(lambda: self.trigger("project.open"))
        row.addWidget(self.open_button)
        self.new_button = QPushButton("New project…")
        self.new_button.setProperty("role", "primary")
        self.new_button.clicked.connect(lambda: self.trigger("project.new"))
        row.addWidget(self.new_button)
        return row

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        if self._cards:  # else they are still being read, the recent projects as well
            self._reading.ask(read_recent, then=self._show_recent, failed=self.session.fail)

    def _read(self) -> None:
        self._reading.ask(read_recent, then=self._show_recent, failed=self.session.fail)
        self._reading.ask(read_samples, then=self._show_samples, failed=self.session.fail)

    def _show_recent(self, folders: list[Path]) -> None:
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for folder in folders[:_RECENT_SHOWN]:
            row = RecentRow(folder)
            row.clicked.connect(lambda _checked=False, path=folder: self.session.open(path))
            self._recent.addWidget(row)
        if not folders:
            nothing = QLabel("Nothing yet. What you open stands here the next time.")
            nothing.setProperty("role", "muted")
            self._recent.addWidget(nothing)

    def leave(self) -> None:
        self._reading.stop()

    def cards(self) -> list[SampleCard]:
        """The cards of the samples, as far as they have been read."""
        return self._cards

    def _show_samples(self, pictures: Sequence[SamplePicture]) -> None:
        for picture in pictures:
            card = SampleCard(picture)
            card.clicked.connect(lambda _checked=False, path=picture.sample.folder: self.session.open(path))
            self._cards.append(card)
        self._arrange()

    def _arrange(self) -> None:
        """As many cards in a row as there is room for."""
        room = self.width() - 6 * theme.GRID
        columns = max(1, min(len(self._cards), room // (_CARD_WIDTH + 2 * theme.GRID)))
        for card in self._cards:
            self._grid.removeWidget(card)
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, *divmod(number, columns))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def _section(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "section")
    return label


def _image(pixels: np.ndarray) -> QImage:
    """uint8 (height, width, 1 or 3) as an image that owns its bytes."""
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    return QImage(pixels.tobytes(), width, height, width * channels, kind).copy()
