"""Text can be read in both themes: at least 4.5:1 (WCAG 2.1, level AA)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from workbench import settings
from workbench.memory.use import PartKind
from workbench.ui import theme
from workbench.ui.theme import DARK, LIGHT, OKABE_ITO, Theme, ThemeChoice, contrast
from workbench.ui.widgets.memory_map import kind_colour

BOTH = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)


@BOTH
@pytest.mark.parametrize("ground", ["window", "panel", "hover", "selected"])
@pytest.mark.parametrize("ink", ["text", "muted", "accent", "good", "warn", "bad"])
def test_inks_on_grounds(tokens: Theme, ground: str, ink: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@BOTH
@pytest.mark.parametrize("fill", ["accent", "good", "warn", "bad"])
def test_words_on_filled_buttons(tokens: Theme, fill: str) -> None:
    assert contrast(tokens.on_accent, getattr(tokens, fill)) >= 4.5


@pytest.mark.parametrize("fill", OKABE_ITO)
def test_words_inside_coloured_blocks(fill: str) -> None:
    assert contrast(theme.text_on(fill).name(), fill) >= 4.5


@BOTH
def test_outlines_keep_pale_fills_visible(tokens: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme.appearance(), "theme", tokens)
    for fill in OKABE_ITO:
        assert max(contrast(fill, tokens.panel), contrast(theme.outline_of(fill).name(), tokens.panel)) >= 2.0


@BOTH
def test_every_kind_of_memory_can_be_told_from_the_panel(tokens: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme.appearance(), "theme", tokens)
    for kind in PartKind:
        colour = kind_colour(kind)
        shown_by = theme.outline_of(colour) if theme.is_pale(colour) else colour
        assert contrast(shown_by.name(), tokens.panel) >= 2.0, kind


def test_known_contrasts() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_labels_keep_their_colours_whatever_the_order() -> None:
    assert theme.label_colours(["b", "a", ""])["a"] == theme.label_colours(["a", "b"])["a"] == QColor(OKABE_ITO[0])


def test_a_chosen_theme_is_applied_at_once_and_remembered(opened: Any, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(theme.appearance().changed):
        opened.window.trigger("theme.light")
    assert theme.now() is LIGHT
    assert settings.preference("theme") == "light"
    image = opened.window.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() // 2).lightness() > 200
    opened.window.trigger("theme.dark")
    assert opened.window.grab().toImage().pixelColor(400, 600).lightness() < 60


def test_a_broken_preference_does_not_keep_the_window_from_opening(opened: Any, qapp: Any) -> None:
    settings.remember("theme", "plaid")
    theme.appearance().attach(qapp)
    assert theme.appearance().choice is ThemeChoice.SYSTEM
