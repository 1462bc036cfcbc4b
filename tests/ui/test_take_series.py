"""Series of takes on the Capture page, from a simulated board on its pseudo-terminal."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from multiprocessing import resource_sharer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench import settings
from workbench.capture.take_settings import TakeSettings
from workbench.ui.pages.capture import CapturePage
from workbench.ui.take_series import Phase
from workbench.ui.widgets.record_bar import RecordBar

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")

LEFT = Qt.MouseButton.LeftButton
WAIT_MS = 60_000


@pytest.fixture(autouse=True)
def no_descriptor_server() -> Iterator[None]:
    """The standard library's own thread that hands descriptors to children ends only when it is asked to."""
    yield
    resource_sharer.stop(timeout=2)


@pytest.fixture(autouse=True)
def own_preferences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))


@pytest.fixture
def page(opened: Any, tmp_path: Path, qtbot: QtBot) -> CapturePage:
    assert opened.session.create(tmp_path / "captured", "captured")
    found = opened.page("capture")
    assert isinstance(found, CapturePage)
    found.simulation.set_value(dataclasses.replace(found.simulation.value, seed=1))
    found.connect_simulation()
    qtbot.waitUntil(lambda: rate_is_known(found) and found.record.button.isEnabled(), timeout=WAIT_MS)
    return found


def rate_is_known(page: CapturePage) -> bool:
    """To two percent: a busy computer needs a while."""
    status = page._status
    return bool(status.rate_hz and (status.rate_plus_minus_hz or 0.0) < 0.02 * status.rate_hz)


def plan(page: CapturePage, **changes: Any) -> None:
    page.record.form.set_value(dataclasses.replace(page.record.form.value, **changes))


def recordings(page: CapturePage) -> list[Any]:
    assert page.session.project is not None
    return page.session.project.recordings()


def finished(page: CapturePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.series.phase is Phase.IDLE, timeout=WAIT_MS)


def test_a_series_of_takes_of_one_length_with_countdown(page: CapturePage, qtbot: QtBot) -> None:
    page.record.label.setCurrentText("wave")
    plan(page, length_s=0.25, takes=3, countdown_s=0.2, session="monday", placement="left wrist")
    seen = set()
    page.series.changed.connect(lambda: seen.add((page.series.number, page.series.phase)))
    qtbot.mouseClick(page.record.button, LEFT)
    assert page.series.phase is Phase.READY
    assert page.series.words == "1 of 3 · get ready"
    finished(page, qtbot)
    takes = recordings(page)
    assert [one.rows for one in takes] == pytest.approx([0.25 * one.rate_hz for one in takes], abs=1)
    assert len(takes) == 3
    assert {one.label for one in recordings(page)} == {"wave"}
    assert recordings(page)[0].metadata == {"session": "monday", "placement": "left wrist"}
    assert {(number, Phase.READY) for number in (1, 2, 3)} <= seen
    assert page.record.button.text() == "Record"


def test_a_series_is_stopped_at_any_time(page: CapturePage, qtbot: QtBot) -> None:
    plan(page, length_s=0.1, takes=1000)
    page.toggle_take()
    qtbot.waitUntil(lambda: page.series.number == 3, timeout=WAIT_MS)
    page.toggle_take()
    assert page.series.phase is Phase.IDLE
    assert page.capture is not None
    qtbot.waitUntil(lambda: page._status.take_stage is None, timeout=WAIT_MS)
    assert len(recordings(page)) in {2, 3}  # the third may just have begun


def test_a_countdown_that_is_stopped_records_nothing(page: CapturePage, qtbot: QtBot) -> None:
    plan(page, length_s=1.0, countdown_s=30.0)
    page.toggle_take()
    qtbot.waitUntil(lambda: page.record.progress.text() == "get ready", timeout=WAIT_MS)
    page.toggle_take()
    assert recordings(page) == []
    assert page.messages.messages() == []


def test_a_trigger_starts_the_take_with_what_came_before_it(page: CapturePage, qtbot: QtBot) -> None:
    assert page.session.project is not None
    _, samples = page.live.feed.newest(page.capture, 0, 1.0, 1000)  # type: ignore[arg-type]  # it is connected
    level = float(np.median(samples[:, 2]))
    plan(page, start="above", channel="az", level=round(level, 4), before_s=0.2, length_s=0.3)
    page.toggle_take()
    assert page.series.phase is Phase.WAITING, [message.text for message in page.messages.messages()]
    finished(page, qtbot)
    (take,) = recordings(page)
    assert take.rows == pytest.approx(0.5 * take.rate_hz, abs=3)  # what stands before, at the rate as it was known then
    az = page.session.project.samples(take)[:, 2]
    above = az > round(level, 4)
    crossings = np.flatnonzero(above[1:] & ~above[:-1]) + 1
    assert np.abs(crossings - 0.2 * take.rate_hz).min() <= 3


def test_a_trigger_that_never_comes_is_given_up_without_a_complaint(page: CapturePage, qtbot: QtBot) -> None:
    plan(page, start="above", channel="ax", level=1000.0, length_s=0.3)
    page.toggle_take()
    told = "waiting for ax above 1000 g: it is "
    qtbot.waitUntil(lambda: told in page.record.progress.text(), timeout=WAIT_MS)
    assert " so far" in page.record.progress.text()
    qtbot.waitUntil(lambda: page._status.recording, timeout=WAIT_MS)
    page.toggle_take()
    assert recordings(page) == []
    assert page.messages.messages() == []


def test_settings_and_subject_are_remembered(qtbot: QtBot) -> None:
    bar = RecordBar()
    qtbot.addWidget(bar)
    bar.subject.setText("Kim")
    bar.subject.editingFinished.emit()
    bar.form.set_value(TakeSettings(length_s=2.0, takes=20, placement="left wrist"))
    assert bar.more.text() == "20\u2009×\u20092\u2009s"
    other = RecordBar()
    qtbot.addWidget(other)
    assert other.form.value == bar.form.value
    assert other.metadata == {"subject": "Kim", "placement": "left wrist"}


def test_broken_preferences_are_replaced_by_the_usual_settings(qtbot: QtBot) -> None:
    settings.remember("takes", {"length_s": "long"})
    bar = RecordBar()
    qtbot.addWidget(bar)
    assert bar.form.value == TakeSettings()


def test_only_what_plays_a_part_is_shown(qtbot: QtBot) -> None:
    bar = RecordBar()
    qtbot.addWidget(bar)
    bar.show()
    qtbot.mouseClick(bar.more, LEFT)
    assert not bar.form.editor("takes").isEnabled()
    assert "length first" in bar.form.editor("takes").toolTip()
    assert not bar.form.editor("level").isVisible()
    bar.form.set_value(TakeSettings(length_s=1.0, start="beyond"))
    assert bar.form.editor("takes").isEnabled()
    assert bar.form.editor("level").isVisible()
