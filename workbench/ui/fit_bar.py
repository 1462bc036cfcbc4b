"""The bar at the bottom that never leaves: what the current variant takes on the chosen board.

Each cell says how its figure is known. While figures are computed anew they are dimmed; what is not known is
shown as "–".
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from workbench.figures import UNKNOWN, Figure
from workbench.project.model import Variant
from workbench.quantities import NOTHING, THIN_SPACE, band, exact_bytes, kilobytes, quantity
from workbench.ui import theme
from workbench.ui.session import Session
from workbench.ui.widgets.hover import HoverButton
from workbench.ui.widgets.wrapped_text import wrapped

HEIGHT = 64  # px
_DIMMED = 0.4


@dataclass(frozen=True)
class Cell:
    """What one cell shows and where a click on it leads."""

    name: str
    caption: str
    station: str
    stretch: int
    has_limit: bool = False


CELLS = (
    Cell("flash", "FLASH", "memory", 20, has_limit=True),
    Cell("ram", "RAM", "memory", 20, has_limit=True),
    Cell("latency", "LATENCY", "memory", 15),
    Cell("energy", "ENERGY", "memory", 17),
    Cell("accuracy", "ACCURACY", "compress", 13),
)


def value_in_words(figure: Figure) -> str:
    """A figure's value with its limit: ``61.2 / 1,024.0 KB``, ``4.10 ms``, ``–``."""
    if figure.value is None:
        return NOTHING
    if figure.limit is None:
        return quantity(figure.value, figure.unit)
    if figure.unit == "B":
        return f"{figure.value / 1024:,.1f} / {kilobytes(figure.limit)}"
    return f"{quantity(figure.value, figure.unit)} / {quantity(figure.limit, figure.unit)}"


def short_band(figure: Figure) -> str:
    """The band as it fits under a value: ``±1.4`` when it is about even in percent, else both ends."""
    if figure.value is None or figure.low is None or figure.high is None or figure.low == figure.high:
        return ""
    if figure.unit == "1":
        return f"±{(figure.high - figure.low) * 50:.1f}"
    low, high = quantity(figure.low, figure.unit), quantity(figure.high, figure.unit)
    number, _, unit = low.partition(THIN_SPACE)
    return f"{number}–{high}" if high.endswith(f"{THIN_SPACE}{unit}") else f"{low} – {high}"


def tip(caption: str, figure: Figure) -> str:
    """What hovering over a cell tells, as rich text: value, source, band, limit, parts."""
    if figure.value is None:
        note = figure.note or "Not known yet: there is no model for it."
        return f"<b>{html.escape(caption.capitalize())}</b> {NOTHING}<br>{html.escape(note)}"
    exact = exact_bytes(figure.value) if figure.unit == "B" else quantity(figure.value, figure.unit)
    lines = [f"<b>{html.escape(caption.capitalize())}</b> {exact}"]
    if figure.source is not None:
        lines.append(str(figure.source) + (f", {band(figure)}" if band(figure) else ""))
    if figure.limit is not None:
        limit = exact_bytes(figure.limit) if figure.unit == "B" else quantity(figure.limit, figure.unit)
        lines.append(f"limit {limit}")
    text = "<br>".join(lines)
    if figure.parts:
        rows = "".join(
            f"<tr><td>{html.escape(part.name)}&nbsp;&nbsp;</td><td align='right'>"
            f"{exact_bytes(part.value) if figure.unit == 'B' else quantity(part.value, figure.unit)}</td></tr>"
            for part in figure.parts
        )
        text += f"<table cellspacing='2' style='margin-top:6px'>{rows}</table>"
    if figure.note:
        text += f"<p style='margin-top:6px'>{html.escape(figure.note)}</p>"
    return text


class _Clickable(HoverButton):
    """A part of the bar: hover tells its parts, a click goes to the station that explains it."""

    def __init__(self, accessible_name: str) -> None:
        super().__init__()
        self.setAccessibleName(accessible_name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.dimmed = False

    def _begin(self) -> QPainter:
        tokens = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().toRectF()
        if self.underMouse():
            painter.fillRect(box, QColor(tokens.hover))
        if self.hasFocus():
            painter.setPen(QColor(tokens.accent))
            painter.drawRoundedRect(box.adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)
        if self.dimmed:
            painter.setOpacity(_DIMMED)
        return painter


class FigureCell(_Clickable):
    """One figure: caption, value, a bar against its limit, and how it is known."""

    def __init__(self, cell: Cell) -> None:
        super().__init__(cell.caption.capitalize())
        self.setObjectName(f"fit_{cell.name}")
        self.cell = cell
        self.figure = UNKNOWN
        self.caption = cell.caption

    def sizeHint(self) -> QSize:
        return QSize(40 * self.cell.stretch, HEIGHT)

    def show_figure(self, figure: Figure, caption: str) -> None:
        """Show a figure under a caption."""
        self.figure, self.caption = figure, caption
        self.setToolTip(tip(caption, figure))
        self.setAccessibleDescription(f"{value_in_words(figure)} {self.footnote}")
        self.update()

    @property
    def over_by(self) -> float | None:
        """By how much the limit is passed, None when it is not."""
        if self.figure.value is None or self.figure.limit is None or self.figure.value <= self.figure.limit:
            return None
        return self.figure.value - self.figure.limit

    @property
    def footnote(self) -> str:
        """How the figure is known, or by how much it is over the limit."""
        if self.figure.value is None:
            # Of a size that nobody can know, the verdict gives the reason once for all.
            return "" if self.cell.has_limit else self.figure.note
        if self.over_by is not None:
            return f"{quantity(self.over_by, self.figure.unit)} over"
        parts = [str(self.figure.source) if self.figure.source else "", short_band(self.figure)]
        return "  ".join(part for part in parts if part)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.now()
        painter = self._begin()
        box = self.rect().toRectF().adjusted(12, 8, -12, -8)
        small = theme.scaled_font(self.font(), 0.86)
        painter.setFont(theme.scaled_font(self.font(), 0.86, bold=True))
        painter.setPen(QColor(tokens.muted))
        top = QRectF(box.left(), box.top(), box.width(), 16)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(top, left | middle, self.caption)
        ink = QColor(tokens.bad if self.over_by is not None else tokens.text)
        foot = QRectF(box.left(), box.bottom() - 14, box.width(), 14)
        if self.cell.has_limit:
            caption_width = painter.fontMetrics().horizontalAdvance(self.caption) + 8
            self._draw_value(painter, top.adjusted(caption_width, 0, 0, 0), right | middle, ink, 1.0)
            self._draw_bar(painter, QRectF(box.left(), box.top() + 22, box.width(), 6))
        else:
            self._draw_value(painter, QRectF(box.left(), box.top() + 15, box.width(), 20), left | middle, ink, 1.2)
        painter.setFont(small)
        painter.setPen(QColor(tokens.bad if self.over_by is not None else tokens.muted))
        words = QFontMetrics(small).elidedText(self.footnote, Qt.TextElideMode.ElideRight, round(foot.width()))
        painter.drawText(foot, left | middle, words)

    def _draw_value(
        self, painter: QPainter, box: QRectF, alignment: Qt.AlignmentFlag, ink: QColor, size: float
    ) -> None:
        """The value, its unit in the muted colour after a thin space."""
        number, space, unit = value_in_words(self.figure).rpartition(THIN_SPACE)
        if not space:
            number, unit = unit, ""
        if self.figure.value is None:
            ink = QColor(theme.now().muted)
        font = theme.scaled_font(self.font(), size, bold=size > 1.0)
        metrics = QFontMetrics(font)
        width = metrics.horizontalAdvance(number)
        unit_width = metrics.horizontalAdvance(space + unit)
        start = box.right() - width - unit_width if alignment & Qt.AlignmentFlag.AlignRight else box.left()
        painter.setFont(font)
        painter.setPen(ink)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(start, box.top(), width + 2, box.height()), flags, number)
        painter.setPen(QColor(theme.now().muted))
        painter.drawText(QRectF(start + width, box.top(), unit_width + 2, box.height()), flags, space + unit)

    def _draw_bar(self, painter: QPainter, box: QRectF) -> None:
        """The share of the limit that is taken; the band is drawn paler."""
        tokens = theme.now()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.line))
        painter.drawRoundedRect(box, 3, 3)
        figure = self.figure
        if figure.value is None or not figure.limit:
            return
        fill = QColor(tokens.bad if self.over_by is not None else tokens.accent)
        high = figure.high if figure.high is not None else figure.value
        for value, strength in ((high, 0.45), (figure.value, 1.0)):
            share = min(1.0, max(0.0, value / figure.limit))
            if share > 0:
                fill.setAlphaF(strength)
                painter.setBrush(fill)
                painter.drawRoundedRect(QRectF(box.left(), box.top(), max(6.0, box.width() * share), 6), 3, 3)


class Verdict(_Clickable):
    """FITS, or what does not."""

    def __init__(self) -> None:
        super().__init__("Whether it fits")
        self.setObjectName("fit_verdict")
        self.fits: bool | None = None
        self.words = NOTHING
        self.detail = ""

    def sizeHint(self) -> QSize:
        return QSize(136, HEIGHT)

    def show_verdict(self, fits: bool | None, detail: str, sentence: str = "") -> None:
        """Say whether it fits; ``detail`` stands below it, ``sentence`` in the tip."""
        self.fits = fits
        self.words = {True: "FITS ✓", False: "DOES NOT FIT", None: NOTHING}[fits]
        self.detail = detail
        self.setToolTip(html.escape(sentence or detail))
        self.setAccessibleDescription(f"{self.words} {detail}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.now()
        painter = self._begin()
        ink = {True: tokens.good, False: tokens.bad, None: tokens.muted}[self.fits]
        box = self.rect().toRectF().adjusted(12, 8, -16, -8)
        if self.fits is None and self.detail:  # the reason takes the room of the verdict that there is not
            painter.setFont(theme.scaled_font(self.font(), 0.86))
            painter.setPen(QColor(tokens.muted))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, wrapped(self.detail, painter.fontMetrics(), box))
            return
        painter.setFont(theme.scaled_font(self.font(), 1.2, bold=True))
        painter.setPen(QColor(ink))
        lower = 16 if self.detail else 0
        painter.drawText(
            box.adjusted(0, 0, 0, -lower), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.words
        )
        if self.detail:
            font = theme.scaled_font(self.font(), 0.86)
            painter.setFont(font)
            painter.setPen(QColor(tokens.muted))
            words = QFontMetrics(font).elidedText(self.detail, Qt.TextElideMode.ElideRight, round(box.width()))
            foot = QRectF(box.left(), box.bottom() - 14, box.width(), 14)
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)


class Whose(_Clickable):
    """Which variant the figures are of: on the Compress page there are others beside them."""

    def __init__(self) -> None:
        super().__init__("Current variant")
        self.name = ""
        self.origin = ""

    def show_variant(self, variant: Variant | None) -> None:
        """Name the variant; nothing for none."""
        self.name = variant.name if variant is not None else ""
        self.origin = (
            "" if variant is None else f"run {variant.run_id}" if variant.run_id is not None else "given model"
        )
        self.setToolTip(html.escape(f"The figures beside are of the current variant, {self.name}") if self.name else "")
        self.setAccessibleDescription(self.name)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.name:
            return
        tokens = theme.now()
        painter = self._begin()
        box = self.rect().toRectF().adjusted(12, 8, -12, -8)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        lines = (
            (0.0, 16.0, theme.scaled_font(self.font(), 0.86, bold=True), tokens.muted, "CURRENT VARIANT"),
            (15.0, 20.0, self.font(), tokens.text, self.name),
            (box.height() - 14, 14.0, theme.scaled_font(self.font(), 0.86), tokens.muted, self.origin),
        )
        for down, height, font, colour, text in lines:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(box.width()))
            painter.drawText(QRectF(box.left(), box.top() + down, box.width(), height), left, shown)


class FitBar(QWidget):
    """All figures of the current variant on the chosen board."""

    explain = Signal(str, str)  # the id of the station that explains a figure, and the figure's name

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(0)
        self.whose = Whose()
        self.whose.clicked.connect(self._explainer("compress", "accuracy"))
        row.addWidget(self.whose, 13)
        self.cells: dict[str, FigureCell] = {}
        for cell in CELLS:
            widget = FigureCell(cell)
            widget.clicked.connect(self._explainer(cell.station, cell.name))
            row.addWidget(widget, cell.stretch)
            self.cells[cell.name] = widget
        self.verdict = Verdict()
        self.verdict.clicked.connect(self._explainer("memory", "flash"))
        row.addWidget(self.verdict, 15)
        session.figures_changed.connect(self.refresh)
        self.refresh()

    def _explainer(self, station: str, figure: str) -> Callable[[], None]:
        def go() -> None:
            if self._session.project is not None:
                self.explain.emit(station, figure)

        return go

    def refresh(self) -> None:
        """Show the session's figures."""
        figures, project = self._session.figures, self._session.project
        self.whose.show_variant(project.current_variant() if project is not None else None)
        for name, cell in self.cells.items():
            figure: Figure = UNKNOWN if figures is None else getattr(figures, name)
            caption = cell.cell.caption
            if name == "accuracy" and figure.value is not None and figure.unit != "1":
                caption = "MEAN ERROR"  # a regression's accuracy is its mean absolute error
            cell.dimmed = self._session.figures_stale
            cell.show_figure(figure, caption)
        self.verdict.dimmed = self._session.figures_stale
        if figures is None:
            self.verdict.show_verdict(None, "no model yet" if project is not None else "")
        else:
            detail = self._session.board.name if figures.fits is not None else figures.verdict
            self.verdict.show_verdict(figures.fits, detail, figures.verdict)
