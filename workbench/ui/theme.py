"""The two themes: colours as tokens, the style sheet made from them, and which one is in use.

Widgets that paint themselves ask ``theme.now()`` while painting; everything else is reached by the
palette and the style sheet of the application.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication, QWidget

from workbench import settings
from workbench.ui.style_sheet import palette, style_sheet
from workbench.ui.tokens import CORNER, DARK, GRID, LIGHT, OKABE_ITO, Theme, contrast, luminance, mixed

__all__ = [
    "CORNER",
    "DARK",
    "GRID",
    "LIGHT",
    "OKABE_ITO",
    "Appearance",
    "Theme",
    "ThemeChoice",
    "appearance",
    "contrast",
    "is_pale",
    "label_colours",
    "luminance",
    "mixed",
    "now",
    "outline_of",
    "printed",
    "scaled_font",
    "series_colour",
    "style_plot",
    "text_on",
]


_SLICE_S = 0.015  # of each turn of the event loop, for widgets out of sight
_PALE = 2.0  # contrast to the panel below which a fill is outlined


class ThemeChoice(StrEnum):
    """What the user asked for."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


def series_colour(index: int) -> QColor:
    """The colour of the n-th label, channel or operator kind; a second round is lighter, a third darker."""
    colour = OKABE_ITO[index % len(OKABE_ITO)]
    rounds = (colour, mixed(colour, "#ffffff", 0.5), mixed(colour, "#000000", 0.4))
    return QColor(rounds[index // len(OKABE_ITO) % len(rounds)])


def label_colours(labels: list[str]) -> dict[str, QColor]:
    """A colour for every label, the same on every page: by place in the sorted list; "" is muted."""
    colours = {label: series_colour(index) for index, label in enumerate(sorted({n for n in labels if n}))}
    return colours | {"": QColor(now().muted)}


def text_on(fill: QColor | str) -> QColor:
    """Near-black or white, whichever reads better on ``fill``."""
    name = QColor(fill).name()
    return QColor(max((DARK.window, LIGHT.panel), key=lambda ink: contrast(ink, name)))


def is_pale(fill: QColor | str) -> bool:
    """Whether a fill can hardly be told from the panel, so that it needs its outline."""
    return contrast(QColor(fill).name(), now().panel) < _PALE


def outline_of(fill: QColor | str) -> QColor:
    """An outline that keeps a fill visible on the panel: stronger where the fill is pale against it."""
    return QColor(mixed(QColor(fill).name(), now().text, 0.6 if is_pale(fill) else 0.25))


def scaled_font(base: QFont, factor: float, *, bold: bool = False) -> QFont:
    """``base`` larger or smaller by ``factor``."""
    font = QFont(base)
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * factor)
    else:
        font.setPixelSize(round(font.pixelSize() * factor))
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


class Appearance(QObject):
    """The theme in use; ``changed`` after every switch.

    What can be seen changes at once; pages out of sight follow within the next turns of the event loop.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = DARK
        self.choice = ThemeChoice.SYSTEM
        self._app: QApplication | None = None
        self._out_of_sight: list[QWidget] = []
        self._later = QTimer(self)
        self._later.setInterval(0)
        self._later.timeout.connect(self._polish_some)

    def attach(self, app: QApplication) -> None:
        """Dress the application, and follow the system while that is the choice."""
        remembered = settings.preference("theme", ThemeChoice.SYSTEM)
        self.choice = ThemeChoice(remembered) if remembered in list(ThemeChoice) else ThemeChoice.SYSTEM
        if self._app is not app:
            self._app = app
            app.setStyle("Fusion")  # the one style that takes every colour from us on every platform
            font = app.font()
            font.setFeature(QFont.Tag("tnum"), 1)
            app.setFont(font)
            app.styleHints().colorSchemeChanged.connect(self._system_changed)
            app.setPalette(palette(self._wanted(app)))
            app.setStyleSheet(style_sheet())
        self._apply()

    def choose(self, choice: ThemeChoice, *, remember: bool = True) -> None:
        """Switch, and keep it for the next start."""
        self.choice = choice
        if remember:
            settings.remember("theme", str(choice))
        self._apply()

    def mark(self, window: QWidget) -> None:
        """Let the style sheet tell by a window which theme is in use; called for every window made later."""
        window.setProperty("theme", self.theme.name)

    def _system_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self.choice is ThemeChoice.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        if self._app is None:
            return
        self.theme = self._wanted(self._app)
        self._app.setPalette(palette(self.theme))
        for window in self._app.topLevelWidgets():
            self.mark(window)
        polished = [one for one in self._app.allWidgets() if one.testAttribute(Qt.WidgetAttribute.WA_WState_Polished)]
        for widget in polished:
            if widget.isVisible():
                self._app.style().polish(widget)
        self._out_of_sight = [widget for widget in polished if not widget.isVisible()]
        if self._out_of_sight:
            self._later.start()
        self.changed.emit()

    def _polish_some(self) -> None:
        """Let the style look up the palette's new colours for widgets out of sight, for a moment."""
        until = time.perf_counter() + _SLICE_S
        while self._app is not None and self._out_of_sight and time.perf_counter() < until:
            widget = self._out_of_sight.pop()
            if shiboken6.isValid(widget):
                self._app.style().polish(widget)
        if not self._out_of_sight:
            self._later.stop()

    def _wanted(self, app: QApplication) -> Theme:
        if self.choice is ThemeChoice.SYSTEM:
            # A desktop that does not say gets the dark one: an instrument's.
            return LIGHT if app.styleHints().colorScheme() is Qt.ColorScheme.Light else DARK
        return LIGHT if self.choice is ThemeChoice.LIGHT else DARK


_appearance: Appearance | None = None


def appearance() -> Appearance:
    """The one appearance of the application."""
    global _appearance  # noqa: PLW0603 - there is one application, so there is one appearance
    if _appearance is None:
        _appearance = Appearance()
    return _appearance


def now() -> Theme:
    """The theme in use."""
    return appearance().theme


@contextmanager
def printed() -> Iterator[None]:
    """Draw in the light theme, as on paper, whatever the window looks like."""
    one = appearance()
    before, one.theme = one.theme, LIGHT
    try:
        yield
    finally:
        one.theme = before


def style_plot(plot: Any) -> None:
    """Give a ``pyqtgraph.PlotWidget`` the theme's colours; call again when the theme has changed."""
    theme = now()
    plot.setBackground(theme.panel)
    for name in ("left", "bottom", "right", "top"):
        axis = plot.getAxis(name)
        axis.setPen(theme.line)
        axis.setTextPen(theme.muted)
        axis.setStyle(tickLength=4, tickTextOffset=4)
