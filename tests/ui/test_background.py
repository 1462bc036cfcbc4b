"""Short computations beside the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from workbench.ui.background import Background

PATIENCE_S = 30


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    parent = QObject()
    one = Background(parent)
    yield one
    one.stop()


def test_the_answer_comes_in_the_windows_thread_and_is_computed_in_another(
    background: Background, qtbot: QtBot
) -> None:
    seen: list[tuple[int, int]] = []
    background.ask(threading.get_ident, then=lambda computed: seen.append((computed, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] != seen[0][1] == threading.get_ident()


def test_answers_come_in_the_order_of_the_questions(background: Background, qtbot: QtBot) -> None:
    seen: list[Any] = []
    for number in range(20):
        background.ask(int, number, then=seen.append)
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert seen == list(range(20))


def test_what_is_forgotten_never_arrives_even_when_it_was_being_computed(background: Background, qtbot: QtBot) -> None:
    seen: list[Any] = []
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert go_on.wait(PATIENCE_S)
        return "stale"

    background.ask(slow, then=seen.append)
    assert begun.wait(PATIENCE_S)
    background.ask(str, "stale too", then=seen.append)
    background.forget()
    go_on.set()
    background.ask(str, "fresh", then=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["fresh"]


def test_an_answer_on_its_way_when_it_is_forgotten_does_not_arrive(background: Background, qtbot: QtBot) -> None:
    seen: list[Any] = []
    done = threading.Event()
    background.ask(str, "stale", then=seen.append)
    background.ask(done.set, then=lambda _none: None)
    assert done.wait(PATIENCE_S)  # the first answer waits in the window's queue by now
    background.forget()
    background.ask(str, "fresh", then=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["fresh"]


def test_it_is_busy_until_the_last_answer_has_come(background: Background, qtbot: QtBot) -> None:
    seen: list[Any] = []
    assert not background.busy
    for number in range(3):
        background.ask(int, number, then=seen.append)
    background.ask(int, "seven", then=seen.append, failed=seen.append)
    qtbot.waitUntil(lambda: len(seen) == 4 or not background.busy)
    assert len(seen) == 4
    assert not background.busy
    background.ask(str, "unwanted", then=seen.append)
    assert background.busy
    background.forget()
    assert not background.busy


def test_errors_go_to_the_one_who_asked(background: Background, qtbot: QtBot) -> None:
    seen: list[Exception] = []
    background.ask(int, "seven", then=lambda _number: None, failed=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], ValueError)


def test_after_stop_nothing_is_computed(background: Background, qtbot: QtBot) -> None:
    seen: list[Any] = []
    background.stop()
    background.ask(seen.append, "computed", then=seen.append)
    qtbot.wait(20)
    assert seen == []
