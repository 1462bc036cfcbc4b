"""The colours of the two themes as tokens, and the arithmetic on them."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from PySide6.QtGui import QColor

GRID = 8  # px; every margin and gap is a multiple of it, or half of it inside a control
CORNER = 6  # px


@dataclass(frozen=True)
class Theme:
    """Colours by what they are for, as ``#rrggbb``."""

    name: str
    window: str
    panel: str
    line: str
    text: str
    muted: str
    accent: str
    good: str
    warn: str
    bad: str

    @property
    def is_dark(self) -> bool:
        return luminance(self.window) < 0.5

    @property
    def on_accent(self) -> str:
        """Text on a filled accent, good, warn or bad."""
        return self.window if self.is_dark else self.panel

    @property
    def accent_hover(self) -> str:
        """A filled accent under the pointer."""
        return mixed(self.accent, self.text, 0.2)

    @property
    def hover(self) -> str:
        """A panel under the pointer."""
        return mixed(self.panel, self.text, 0.06)

    @property
    def selected(self) -> str:
        """A chosen row, the station in view."""
        return mixed(self.panel, self.accent, 0.1)

    @property
    def edge(self) -> str:
        """The outline of something one can type into or press: stronger than a dividing line."""
        return mixed(self.line, self.text, 0.22)


DARK = Theme(
    name="dark",
    window="#14171c",
    panel="#1b1f26",
    line="#2c333d",
    text="#e7eaf0",
    muted="#8d97a6",
    accent="#4cc2ff",
    good="#3ecf8e",
    warn="#f2b441",
    bad="#ff6b6b",
)
LIGHT = Theme(
    name="light",
    window="#f5f6f8",
    panel="#ffffff",
    line="#d7dce4",
    text="#1a2028",
    muted="#5c6675",
    accent="#0a68ad",
    good="#12714c",
    warn="#8a5600",
    bad="#b92c2c",
)

# Okabe and Ito, "Color Universal Design" (2008): told apart by colour-blind eyes. Black, the eighth of the
# set, is left out: it vanishes on the dark theme.
OKABE_ITO = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#0072b2", "#d55e00", "#f0e442")


def luminance(colour: str) -> float:
    """Relative luminance in 0..1 (WCAG 2.1)."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    made = QColor(colour)
    return 0.2126 * linear(made.redF()) + 0.7152 * linear(made.greenF()) + 0.0722 * linear(made.blueF())


@functools.cache
def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@functools.cache
def mixed(one: str, other: str, share: float) -> str:
    """``one`` with ``share`` (0..1) of ``other`` in it."""
    a, b = QColor(one), QColor(other)
    channels = [
        round(x + (y - x) * share) for x, y in ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    ]
    return QColor(*channels).name()
