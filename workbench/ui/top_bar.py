"""The bar at the top: the project, the board, the serial connection, undo, the palette, the appearance."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from workbench.ui import theme
from workbench.ui.session import Session
from workbench.ui.widgets.glyphs import paint_glyph
from workbench.ui.widgets.hover import HoverButton

HEIGHT = 48  # px
_GLYPH = 18
_PAD = 10


class BarButton(HoverButton):
    """A flat button with a glyph, a muted lead-in ("Board:"), a word, and an arrow when it opens a menu."""

    def __init__(self, glyph: str, *, lead: str = "", opens: bool = False, name: str = "", bold: bool = False) -> None:
        super().__init__()
        self._glyph, self._lead, self._opens, self._bold = glyph, lead, opens, bold
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Another word on the button."""
        self.setText(text)
        self.setAccessibleName(f"{self._lead} {text}".strip())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        width = 2 * _PAD + _GLYPH
        font = theme.scaled_font(self.font(), 1.0, bold=self._bold)
        if self._lead:
            width += 8 + QFontMetrics(self.font()).horizontalAdvance(self._lead)
        if self.text():
            width += 8 + QFontMetrics(font).horizontalAdvance(self.text())
        return QSize(width + (18 if self._opens else 0), 32)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 96), 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        if self.underMouse() or self.isDown() or self.hasFocus():
            painter.setPen(QColor(tokens.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.hover))
            painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
        ink = QColor(tokens.text if self.isEnabled() else tokens.muted)
        x = float(_PAD)
        paint_glyph(painter, self._glyph, QRectF(x, (self.height() - _GLYPH) / 2, _GLYPH, _GLYPH), QColor(tokens.muted))
        x += _GLYPH + 8
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if self._lead:
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(x, 0, self.width() - x, self.height()), flags, self._lead)
            x += QFontMetrics(self.font()).horizontalAdvance(self._lead) + 8
        if self.text():
            font = theme.scaled_font(self.font(), 1.0, bold=self._bold)
            painter.setFont(font)
            painter.setPen(ink)
            room = self.width() - x - _PAD - (18 if self._opens else 0)
            words = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, round(room + 1))
            painter.drawText(QRectF(x, 0, room + 2, self.height()), flags, words)
        if self._opens:
            paint_glyph(painter, "down", QRectF(self.width() - 24, self.height() / 2 - 7, 16, 16), QColor(tokens.muted))


class ConnectionState(QWidget):
    """A dot and words: which port is read, at which rate; nothing when none is."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("connection")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        session.capture_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setAccessibleName(self._session.capture_state or "no board connected")
        self.setVisible(bool(self._session.capture_state))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._session.capture_state) + 24, 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        dots = {"good": tokens.good, "warn": tokens.warn, "bad": tokens.bad}
        painter.setBrush(QColor(dots[self._session.capture_role]))
        painter.drawEllipse(QRectF(2, self.height() / 2 - 4, 8, 8))
        painter.setPen(QColor(tokens.text))
        words = QRectF(18, 0, self.width() - 18, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._session.capture_state)


class TopBar(QWidget):
    """Holds the buttons; the main window says what they open."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID, 0, theme.GRID, 0)
        row.setSpacing(theme.GRID)
        self.project = BarButton("home", opens=True, name="project_menu", bold=True)
        self.project.setToolTip("Open, make or close a project")
        row.addWidget(self.project)
        row.addStretch(1)
        self.board = BarButton("device", lead="Board:", opens=True, name="board_button")
        self.board.setToolTip("Choose the board the model has to fit (Ctrl+B)")
        row.addWidget(self.board)
        row.addStretch(1)
        self.connection = ConnectionState(session)
        row.addWidget(self.connection)
        self.palette_button = BarButton("search", name="palette_button")
        self.palette_button.setAccessibleName("Search commands")
        self.palette_button.setToolTip("Find anything you can do (Ctrl+K)")
        row.addWidget(self.palette_button)
        self.gear = BarButton("gear", name="settings_menu")
        self.gear.setAccessibleName("Settings")
        self.gear.setToolTip("Theme and help")
        row.addWidget(self.gear)
        session.opened.connect(self.refresh)
        session.closed.connect(self.refresh)
        session.board_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Name the project and the board."""
        project = self._session.project
        self.project.set_text(project.name if project is not None else "No project")
        self.board.set_text(self._session.board.name)
