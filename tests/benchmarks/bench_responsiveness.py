"""How long the window ever keeps a person waiting: the longest turn of its event loop during each thing they do."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from stall_meter import LIMIT_S, StallMeter, Turn

from workbench.compression.recipe import Recipe
from workbench.operations.settings import change_settings
from workbench.training.settings import TrainingSettings
from workbench.ui import theme
from workbench.ui.app import make_application
from workbench.ui.main_window import MainWindow
from workbench.ui.pages import BOARDS, STATIONS, WELCOME
from workbench.ui.session import Session
from workbench.ui.theme import ThemeChoice

pytestmark = [pytest.mark.bench, pytest.mark.timeout(400)]

Figure = Callable[[str, str, str], None]

SETTLE_MS = 700
WAIT_MS = 180_000
EPOCHS = 3


class Desk:
    """A window that a person works with, and a meter for every step of it."""

    def __init__(self, qtbot: QtBot, figure: Figure) -> None:
        make_application()
        theme.appearance().choose(ThemeChoice.DARK, remember=False)
        self.session = Session()
        self.window = MainWindow(self.session)
        self._qtbot, self._figure = qtbot, figure
        self.turns: dict[str, Turn] = {}

    def measure(self, what: str, do: Callable[[], object], until: Callable[[], bool] = lambda: True) -> None:
        """Do it from inside the event loop, as a click does, and watch until it has settled."""
        with StallMeter() as meter:
            QTimer.singleShot(0, do)
            self._qtbot.wait(SETTLE_MS)
            self._qtbot.waitUntil(until, timeout=WAIT_MS)
        self.turns[what] = meter.longest

    def tell(self, title: str, only: str) -> Turn:
        """Print the longest of the steps whose name begins with ``only``."""
        what, turn = max(
            ((name, one) for name, one in self.turns.items() if name.startswith(only)), key=lambda pair: pair[1].seconds
        )
        detail = f"{1000 * turn.seconds:.0f} ms, {1000 * turn.busy:.0f} ms of them the window's own"
        named = "" if what == title else f" ({what})"
        self._figure(f"longest turn of the event loop, {title}{named}", detail, f"≤ {1000 * LIMIT_S:.0f} ms")
        return turn

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self.session.deleteLater()


@pytest.fixture
def desk(qtbot: QtBot, figure: Figure) -> Iterator[Desk]:
    one = Desk(qtbot, figure)
    yield one
    one.close()


def test_a_session_at_the_desk(desk: Desk, samples: Path) -> None:
    window, session = desk.window, desk.session
    desk.measure("start and build ahead", window.show, lambda: window._ahead.done)
    desk.measure("open a sample", lambda: session.open(samples / "shoulder_exercises"))
    for times in ("first visit", "next visit"):
        for place in (*STATIONS, BOARDS, WELCOME):
            desk.measure(f"{times}: {place.id}", lambda place=place: window.show_place(place.id))
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        desk.measure(f"theme: {choice}", lambda choice=choice: theme.appearance().choose(choice, remember=False))

    window.show_place("train")
    page = window.page
    settings = dataclasses.replace(session.project.settings(TrainingSettings), epochs=EPOCHS)
    session.perform(change_settings, settings)
    desk.measure("training", page.train_or_cancel, lambda: len(session.project.runs()) == 1 and page._job is None)
    for place in STATIONS:
        desk.measure(f"with a model: {place.id}", lambda place=place: window.show_place(place.id))
    window.show_place("compress")
    session.perform(change_settings, Recipe(quantization="int8"))
    made = len(session.project.variants()) + 1
    page = window.page
    desk.measure(
        "compressing", page.make_or_cancel, lambda: len(session.project.variants()) == made and page._job is None
    )
    for title, only in (
        ("start and build ahead", "start"),
        ("open a sample", "open"),
        ("first visit of a page", "first visit"),
        ("next visits", "next visit"),
        ("switch of the theme", "theme"),
        ("training", "training"),
        ("visits with a model", "with a model"),
        ("compressing", "compressing"),
    ):
        desk.tell(title, only)
    visits = [turn.busy for name, turn in desk.turns.items() if "visit" in name or "theme" in name]
    assert max(visits) <= 2 * LIMIT_S, "far above the limit even on a slow machine"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
def test_a_simulated_board(desk: Desk, tmp_path: Path) -> None:
    window, session = desk.window, desk.session
    desk.measure("start", window.show, lambda: window._ahead.done)
    assert session.create(tmp_path / "fan", "fan")
    page = window.page
    desk.measure("simulated board: start", page.connect_simulation, lambda: page._status.frames > 0)
    desk.measure("simulated board: record", page.toggle_take)
    desk.measure("simulated board: end of the take", page.toggle_take, lambda: bool(session.project.recordings()))
    desk.measure("simulated board: unplug", page.disconnect_source)
    for name in ("start", "record", "end of the take", "unplug"):
        desk.tell(f"simulated board: {name}", f"simulated board: {name}")
