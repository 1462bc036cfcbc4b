"""The console: every byte is seen, nothing grows without bound, and what is sent arrives."""

from __future__ import annotations

import os
import sys
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.capture.byte_ring import ByteRing
from workbench.capture.control_lines import ControlLines
from workbench.capture.ring import shared_memory
from workbench.capture.session import CaptureSession
from workbench.capture.status import CaptureState
from workbench.errors import NotPossible
from workbench.ui.widgets.console import Console, visible
from workbench.ui.widgets.source_list import SourceList

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def console(qtbot: QtBot) -> Console:
    one = Console()
    qtbot.addWidget(one)
    return one


def test_control_characters_and_broken_text_are_made_visible() -> None:
    assert visible(b"a\tb\r\n\x00\x1b[0m\xff\xc3\xa9") == "a\\tb\n\\x00\\x1b[0m\\xff\u00e9"


def test_lumps_join_where_a_line_end_is_cut_in_two(console: Console) -> None:
    for lump in (b"1,2\r", b"\n3,", b"4\r\n"):
        console.show_bytes(lump)
    assert console.text.toPlainText() == "1,2\n3,4\n"


def test_a_flood_and_a_line_without_end_stay_bounded(console: Console) -> None:
    console.show_bytes(b"x" * 100_000)
    assert "91,808 bytes not shown" in console.text.toPlainText()
    for _ in range(400):
        console.show_bytes(b"y" * 5000)
    assert max(map(len, console.text.toPlainText().split("\n"))) <= 512
    assert console.text.blockCount() <= 2000


@pytest.mark.parametrize(("ending", "sent"), [(0, b"led 1\n"), (1, b"led 1\r\n"), (2, b"led 1\r"), (3, b"led 1")])
def test_a_line_is_sent_with_its_ending(console: Console, qtbot: QtBot, ending: int, sent: bytes) -> None:
    console.ending.setCurrentIndex(ending)
    console.line.setText("led 1")
    with qtbot.waitSignal(console.send_asked) as signal:
        qtbot.mouseClick(console.send, LEFT)
    assert signal.args == [sent]


def test_the_ring_of_bytes_gives_what_is_new_and_no_more_than_it_holds() -> None:
    ring = ByteRing(shared_memory(16 + 100))
    place, data = ring.since(0)
    assert (place, data) == (0, b"")
    sent = b""
    for number in range(40):
        lump = bytes([number]) * (number % 13)
        ring.write(lump)
        sent += lump
        place, data = ring.since(place)
        assert data == lump
    assert ring.since(0)[1] == sent[-100:]
    ring.write(bytes(range(250)))
    assert ring.since(place)[1] == bytes(range(150, 250))


@pytest.fixture
def port() -> Iterator[tuple[int, str]]:
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(master)
    os.close(slave)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
def test_bytes_go_through_the_capture_process_both_ways(port: tuple[int, str], qtbot: QtBot) -> None:
    master, device = port
    with CaptureSession.start(device, 115_200, lines=ControlLines.NEITHER) as session:
        with pytest.raises(NotPossible):
            session.send(b"too early")
        qtbot.waitUntil(lambda: session.status().state is CaptureState.WAITING, timeout=20_000)
        session.send(b"led 1\n")
        assert os.read(master, 100) == b"led 1\n"
        os.write(master, b"hello\x00")
        qtbot.waitUntil(lambda: session.bytes_since(0)[1] == b"hello\x00", timeout=20_000)


def test_control_lines_are_remembered_for_each_port(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    sources = SourceList()
    qtbot.addWidget(sources)
    sources.port.setText("/dev/ttyACM7")
    assert sources.control_lines is ControlLines.BOTH
    sources.lines.setCurrentIndex(3)
    sources.lines.activated.emit(3)
    sources.port.setText("/dev/ttyACM8")
    assert sources.control_lines is ControlLines.BOTH
    other = SourceList()
    qtbot.addWidget(other)
    other.port.setText("/dev/ttyACM7")
    assert other.control_lines is ControlLines.NEITHER
    assert not other.control_lines.dtr
