"""The live view in a window of its own, fed from a ring as the capture process would."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from workbench.capture.ring import SampleRing, shared_memory
from workbench.capture.status import CaptureState, CaptureStatus
from workbench.project.model import Channel
from workbench.ui.app import make_application
from workbench.ui.widgets.live_toolbar import SPANS
from workbench.ui.widgets.live_view import LiveView
from workbench.ui.widgets.wrap_row import WrapRow

LEFT = Qt.MouseButton.LeftButton
RATE_HZ = 100.0


class Feeding:
    """A view and the ring behind it."""

    def __init__(self, qtbot: QtBot, channels: int) -> None:
        make_application()
        self.ring = SampleRing(shared_memory(1 << 20))
        self.ring.lay_out(channels)
        self.view = LiveView()
        self.view.resize(900, 600)
        qtbot.addWidget(self.view)
        with qtbot.waitExposed(self.view):
            self.view.show()
        self.rows = 0
        names = tuple(Channel(f"c{n}", "g" if n else "V") for n in range(channels))
        self.status = CaptureStatus(CaptureState.RECEIVING, channels=names, rate_hz=RATE_HZ)

    def come(self, count: int) -> None:
        """So many readings more: the first channel counts, the others are sines."""
        numbers = np.arange(self.rows, self.rows + count)
        values = np.sin(numbers[:, None] / 10 + np.arange(len(self.status.channels))).astype(np.float32)
        values[:, 0] = numbers / 1000
        self.ring.write(values, numbers / RATE_HZ)
        self.rows += count
        self.view.show_frame(self.ring, self.status)


@pytest.fixture
def six(qtbot: QtBot) -> Feeding:
    feeding = Feeding(qtbot, 6)
    feeding.come(3000)
    return feeding


def test_a_paused_view_stands_still_scrolls_back_and_catches_up(six: Feeding, qtbot: QtBot) -> None:
    view = six.view
    assert view.plot.traces.view == pytest.approx((19.99, 29.99))
    qtbot.keyClick(view.plot, Qt.Key.Key_P)
    assert view.bar.pause.isChecked()
    six.come(1000)
    assert view.plot.traces.view[1] == pytest.approx(29.99, abs=0.02)
    view.back.setValue(view.back.minimum())
    assert view.plot.traces.view == pytest.approx((0.0, 10.0), abs=0.02)
    qtbot.mouseClick(view.bar.pause, LEFT)
    assert view.back.isHidden()
    assert view.plot.traces.view[1] == pytest.approx(39.99)


def test_overlaid_channels_share_one_scale(six: Feeding, qtbot: QtBot) -> None:
    qtbot.mouseClick(six.view.bar.layouts.button(1), LEFT)
    headers = six.view.plot.traces._headers
    assert headers.overlaid
    assert len(set(headers.ranges)) == 1
    qtbot.mouseClick(six.view.bar.layouts.button(0), LEFT)
    assert len(set(headers.ranges)) > 1


def test_scales_follow_stay_or_are_typed(six: Feeding, qtbot: QtBot) -> None:
    bar, plot = six.view.bar, six.view.plot
    qtbot.mouseClick(bar.scales.button(1), LEFT)
    held = plot.ranges
    six.come(3000)
    assert plot.ranges == held
    qtbot.mouseClick(bar.scales.button(2), LEFT)
    assert bar.low.isVisible()
    for box in (bar.low, bar.high):
        shown = box.lineEdit()
        assert shown.width() > shown.fontMetrics().horizontalAdvance("-1000.000"), "the number is clipped"
    bar.low.setValue(2.0)
    bar.high.setValue(-2.0)
    assert set(plot.ranges) == {(-2.0, 2.0)}
    qtbot.mouseClick(bar.scales.button(0), LEFT)
    assert plot.ranges[0] != held[0]
    assert bar.low.isHidden()


def test_the_cursor_reads_time_and_values_and_stays_under_the_pointer(six: Feeding, qtbot: QtBot) -> None:
    traces = six.view.plot.traces
    middle = QPoint(traces.canvas.width() // 2, 40)
    qtbot.mouseMove(traces.canvas, middle)
    qtbot.waitUntil(lambda: traces._headers.values is not None)
    assert traces._headers.values is not None
    assert traces._headers.values[0] == pytest.approx(2.5, abs=0.02)
    assert traces._headers.cursor_text.startswith(("24.9", "25.0"))
    six.come(1000)
    assert traces._headers.values[0] == pytest.approx(3.5, abs=0.02)


@pytest.mark.parametrize("channels", [1, 64])
def test_from_one_channel_to_64(qtbot: QtBot, channels: int) -> None:
    feeding = Feeding(qtbot, channels)
    feeding.come(500)
    for place in range(1, 4):
        qtbot.mouseClick(feeding.view.below.button(place), LEFT)
        qtbot.mouseClick(feeding.view.bar.layouts.button(place % 2), LEFT)
        feeding.come(10)
        assert not feeding.view.grab().isNull()
    assert feeding.view.statistics.rowCount() == channels


def test_what_stands_under_the_plot(six: Feeding, qtbot: QtBot) -> None:
    view = six.view
    assert view.pane.isHidden()
    qtbot.mouseClick(view.below.button(1), LEFT)
    found = view.spectrum.spectrum
    assert found is not None
    loudest = found.frequencies[found.amplitudes[:, 1].argmax()]
    assert loudest == pytest.approx(RATE_HZ / (2 * np.pi * 10), abs=0.2)
    qtbot.mouseMove(view.spectrum, view.spectrum.at(float(loudest), 0).toPoint() - QPoint(0, 9))
    qtbot.waitUntil(lambda: "Hz" in view.spectrum.reading())
    qtbot.mouseClick(view.below.button(2), LEFT)
    assert view.spectrogram.spectrogram is not None
    assert [view.channel.itemText(n) for n in range(view.channel.count())] == [f"c{n}" for n in range(6)]
    qtbot.mouseClick(view.below.button(3), LEFT)
    item = view.statistics.item(0, 2)
    assert item is not None
    assert item.text() == "3.00"
    qtbot.mouseClick(view.below.button(0), LEFT)
    assert view.pane.isHidden()


def test_longer_spans_show_what_came_before(six: Feeding, qtbot: QtBot) -> None:
    qtbot.mouseClick(six.view.bar.spans.button(SPANS.index(30.0)), LEFT)
    assert six.view.plot.traces.view == pytest.approx((0.0, 30.0))
    assert six.view.plot.rows_drawn == 3000


def test_a_fixed_scale_begins_with_what_is_in_view(six: Feeding, qtbot: QtBot) -> None:
    view = six.view
    lows, highs = zip(*view.plot.ranges, strict=True)
    qtbot.mouseClick(view.bar.scales.button(2), LEFT)
    assert (view.bar.low.value(), view.bar.high.value()) == (min(lows), max(highs))


def test_nothing_is_squeezed_where_the_window_is_narrow(qtbot: QtBot) -> None:
    make_application()
    left, right = [QPushButton("A long one") for _ in range(3)], [QPushButton("Another") for _ in range(2)]
    row = WrapRow(left, right)
    qtbot.addWidget(row)
    row.resize(900, 40)
    with qtbot.waitExposed(row):
        row.show()
    assert not row.wrapped
    assert left[0].y() == right[0].y()
    row.resize(row.minimumSizeHint().width(), 80)
    qtbot.waitUntil(lambda: row.wrapped and right[0].y() > left[0].geometry().bottom())
    assert all(one.width() >= one.sizeHint().width() for one in (*left, *right))
    left[1].hide()
    left[2].hide()
    qtbot.waitUntil(lambda: not row.wrapped)
