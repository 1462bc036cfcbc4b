"""Where readings are missing is drawn, and told when one points at it: in recordings and in the live signal."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from workbench.capture.ring import SampleRing, shared_memory
from workbench.capture.status import CaptureState, CaptureStatus, SeenGap
from workbench.project.model import Channel, Gap
from workbench.ui.app import make_application
from workbench.ui.widgets.gap_marks import GapMark
from workbench.ui.widgets.lane_headers import Lane
from workbench.ui.widgets.live_view import LiveView
from workbench.ui.widgets.trace_plot import TracePlot
from workbench.ui.widgets.waveform import Waveform

RATE_HZ = 100.0


def point_at(plot: TracePlot, seconds: float, qtbot: QtBot) -> None:
    qtbot.mouseMove(plot.canvas, QPoint(round(plot.pixel_of(seconds)), 40))


def amber(plot: TracePlot, seconds: float) -> int:
    """How many pixels of the column at a time are in the colour of a warning."""
    picture = plot.canvas.grab().toImage()
    column = round(plot.pixel_of(seconds) * picture.width() / plot.canvas.width())
    colours = [picture.pixelColor(x, y) for x in (column - 1, column, column + 1) for y in range(picture.height())]
    return sum(c.red() > 150 and c.blue() < 0.6 * c.red() for c in colours)


def test_gaps_of_a_recording(qtbot: QtBot) -> None:
    make_application()
    waveform = Waveform()
    qtbot.addWidget(waveform)
    waveform.resize(800, 400)
    with qtbot.waitExposed(waveform):
        waveform.show()
    samples = np.sin(np.arange(1000)[:, np.newaxis] / 30 + np.arange(3)).astype(np.float32)
    waveform.show_recording(samples, RATE_HZ, [Lane(name, "g") for name in "xyz"], (Gap(250, 40), Gap(600, 1)))
    plot = waveform.traces
    assert plot.gaps == (GapMark(2.5, 40, 0.4), GapMark(6.0, 1, 0.01))
    assert amber(plot, 2.5) > 20
    assert amber(plot, 4.0) == 0
    point_at(plot, 2.5, qtbot)
    qtbot.waitUntil(lambda: QToolTip.text() == "40 readings are missing here: 400\N{THIN SPACE}ms.")
    point_at(plot, 4.0, qtbot)
    qtbot.waitUntil(lambda: QToolTip.text() == "")
    waveform.show_recording(samples, RATE_HZ, [Lane(name, "g") for name in "xyz"])
    assert plot.gaps == ()


def test_gaps_of_the_live_signal(qtbot: QtBot) -> None:
    make_application()
    ring = SampleRing(shared_memory(1 << 16))
    ring.lay_out(2)
    view = LiveView()
    qtbot.addWidget(view)
    view.resize(900, 500)
    with qtbot.waitExposed(view):
        view.show()
    numbers = np.arange(600)
    ring.write(np.sin(numbers[:, np.newaxis] / 10 + np.arange(2)).astype(np.float32), numbers / RATE_HZ)
    channels = (Channel("a"), Channel("b"))
    status = CaptureStatus(CaptureState.RECEIVING, channels=channels, rate_hz=RATE_HZ)
    view.show_frame(ring, dataclasses.replace(status, seen_gaps=(SeenGap(3.0, 0, 2.5),)))
    assert amber(view.plot.traces, 3.0) > 20
    point_at(view.plot.traces, 3.0, qtbot)
    qtbot.waitUntil(lambda: "Readings are missing here: 2.5" in QToolTip.text())
    view.start_over()
    assert view.plot.traces.gaps == ()


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (GapMark(0, 1, 0.01), "One reading is missing here: 10\N{THIN SPACE}ms."),
        (GapMark(0, 12_000, 120), "12,000 readings are missing here: 120\N{THIN SPACE}s."),
        (GapMark(0, 0, 0), "Readings are missing here."),
    ],
)
def test_in_words(mark: GapMark, words: str) -> None:
    assert mark.words == words
