"""Long work seen from the window: progress after half a second, cancel, no stale results."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from pytestqt.qtbot import QtBot

from workbench.errors import JobDied, WorkbenchError
from workbench.ui.job_bridge import JobBridge, plain_error


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    # The child inherits sys.path, and finds the functions below as the module "slow_work".
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent), *sys.path])


@pytest.fixture
def bridge(qapp: Any) -> Iterator[JobBridge]:
    one = JobBridge()
    yield one
    one.shut_down()
    one.deleteLater()


def test_result_reports_and_progress_arrive_in_order(bridge: JobBridge, qtbot: QtBot) -> None:
    seen: list[Any] = []
    view = bridge.start("Count", "count", "slow_work:count", 3)
    view.progressed.connect(lambda text, fraction: seen.append((text, fraction)))
    view.reported.connect(lambda kind, values: seen.append((kind, values["value"])))
    with qtbot.waitSignal(view.finished, timeout=20_000) as done:
        pass
    assert done.args == ["counted 3"]
    assert seen == [
        ("counting", 0.0),
        ("number", 0),
        ("counting", 1 / 3),
        ("number", 1),
        ("counting", 2 / 3),
        ("number", 2),
    ]


def test_a_restart_disconnects_its_predecessor(bridge: JobBridge, qtbot: QtBot) -> None:
    results: list[Any] = []
    first = bridge.start("Wait", "same", "slow_work:wait_for", "first")
    first.finished.connect(results.append)
    second = bridge.start("Wait", "same", "slow_work:count", 1)
    second.finished.connect(results.append)
    assert not first.active
    qtbot.waitSignal(second.finished, timeout=20_000).wait()
    assert results == ["counted 1"]


def test_cancel_answers_at_once_even_when_the_child_does_not_listen(bridge: JobBridge, qtbot: QtBot) -> None:
    view = bridge.start("Ignore", "x", "slow_work:ignore_everything")
    qtbot.waitSignal(view.progressed, timeout=20_000).wait()
    going_on: list[int] = []
    view.cancelled.connect(lambda: going_on.append(len(multiprocessing.active_children())))
    view.cancel()
    assert going_on == [1], "the answer must not wait for the child"
    assert bridge.active == []


def test_an_error_is_shown_with_its_three_parts(bridge: JobBridge, qtbot: QtBot) -> None:
    view = bridge.start("Refuse", "x", "slow_work:refuse")
    with qtbot.waitSignal(view.failed, timeout=20_000) as failed:
        pass
    assert str(failed.args[0]) == "a.csv: It is empty. Record again."


def test_a_child_that_dies_is_an_error(bridge: JobBridge, qtbot: QtBot) -> None:
    view = bridge.start("Crash", "x", "slow_work:crash")
    with qtbot.waitSignal(view.failed, timeout=20_000) as failed:
        pass
    assert isinstance(failed.args[0], JobDied)


def test_the_strip_appears_after_half_a_second_and_cancels(opened: Any, qtbot: QtBot) -> None:
    strip, session = opened.window.strip, opened.session
    clock = QElapsedTimer()
    clock.start()
    view = session.start("Ignore", "slow_work:ignore_everything")
    strip.refresh()
    assert not strip.isVisible()
    qtbot.waitUntil(strip.isVisible, timeout=10_000)
    assert clock.elapsed() >= 500
    assert strip.label.text().startswith("Ignore")
    qtbot.mouseClick(strip.cancel, Qt.MouseButton.LeftButton)
    assert not view.active
    qtbot.waitUntil(lambda: not strip.isVisible())


def test_the_window_does_not_stall_while_work_starts_and_is_cancelled(opened: Any, qtbot: QtBot) -> None:
    gaps: list[float] = []
    last = [time.perf_counter()]

    def beat() -> None:
        now = time.perf_counter()
        gaps.append(now - last[0])
        last[0] = now

    timer = QTimer()
    timer.setInterval(5)
    timer.timeout.connect(beat)
    view = opened.session.start("Ignore", "slow_work:ignore_everything")
    qtbot.waitSignal(view.progressed, timeout=20_000).wait()
    last[0] = time.perf_counter()
    timer.start()
    view.cancel()
    qtbot.waitUntil(lambda: not opened.session.bridge._views, timeout=10_000)
    timer.stop()
    # A loaded machine gets some grace over the 50 ms of the rule; waiting for the child would take 100 and more.
    assert sorted(gaps)[len(gaps) // 2] < 0.05


def test_errors_of_work_stay_on_the_page_that_started_it(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    opened.session.open(shoulder)
    page = opened.page("memory")
    view = page.start("Refuse", "slow_work:refuse")
    opened.page("export")
    qtbot.waitSignal(view.failed, timeout=20_000).wait()
    assert opened.messages() == []
    opened.page("memory")
    assert opened.messages() == ["a.csv: It is empty. Record again."]


def test_closing_the_project_cancels_its_work(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    opened.session.open(shoulder)
    view = opened.session.start("Ignore", "slow_work:ignore_everything")
    opened.session.close()
    assert not view.active


def test_a_spare_child_is_warmed_when_the_window_is_idle(
    opened: Any, qtbot: QtBot, shoulder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[tuple[str, ...]] = []
    monkeypatch.setattr("workbench.jobs.warm_up", lambda *modules, serves: warmed.append(modules))
    assert not opened.window._warm.isActive()
    opened.session.open(shoulder)
    assert opened.window._warm.isActive()
    opened.window._warm.setInterval(0)
    qtbot.waitUntil(lambda: bool(warmed))
    assert "tensorflow" in warmed[0]
    assert "tensorflow" not in sys.modules


def test_what_is_not_ours_becomes_one_line() -> None:
    error = plain_error(KeyError("x"))
    assert isinstance(error, WorkbenchError)
    assert "KeyError" in str(error)
