"""Jobs in a real child process."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import jobs, settings
from workbench.errors import BadFile, JobDied
from workbench.jobs import Cancelled, Failed, Finished, Job, Progress, Report


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # The child inherits sys.path, and finds the functions below as the module "job_functions".
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent), *sys.path])
    yield
    jobs.cool_down()


def test_events_arrive_in_order_and_the_result_last() -> None:
    seen: list[object] = []
    assert jobs.run("job_functions:count", 3, on_event=seen.append) == "counted 3"
    assert seen == [
        Progress("counting", 0.0),
        Report("number", {"value": 0}),
        Progress("counting", 1 / 3),
        Report("number", {"value": 1}),
        Progress("counting", 2 / 3),
        Report("number", {"value": 2}),
    ]


def test_an_error_crosses_the_process_with_its_three_parts() -> None:
    with pytest.raises(BadFile) as caught:
        jobs.run("job_functions:refuse")
    assert (caught.value.what, caught.value.where, caught.value.to_do) == ("It is empty.", "a.csv", "Record again.")


def test_a_defect_becomes_one_line() -> None:
    with pytest.raises(JobDied, match=r"ZeroDivisionError: division by zero"):
        jobs.run("job_functions:divide")


def test_the_whole_story_of_a_defect_is_in_the_log_and_not_on_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(JobDied) as caught:
        jobs.run("job_functions:complain_at_length")
    assert str(caught.value) == "The work stopped: RuntimeError: no seed. The log has the details."
    assert "Traceback" in (settings.home() / "log.txt").read_text()
    assert "Traceback" not in "".join(capfd.readouterr())


def test_a_child_that_dies_is_reported_with_what_it_was_doing() -> None:
    with pytest.raises(JobDied, match=r"exit code -?\d+\) while: converting"):
        jobs.run("job_functions:crash")


def test_no_temporary_file_outlives_its_child() -> None:
    own, other = (Path(name) for name in jobs.run("job_functions:litter"))
    assert own.parent == other.parent
    assert not own.parent.exists()


def test_cancel_kills_a_child_that_does_not_listen() -> None:
    running = jobs.start("job_functions:ignore_everything")
    assert running.poll(timeout=30) == [Progress("busy", None)]
    began = time.monotonic()
    running.cancel()
    assert time.monotonic() - began < 30  # the child would go on for ten minutes
    assert not running.alive
    assert running.poll() == []
    with pytest.raises(Cancelled):
        running.wait()


def test_cancel_is_seen_by_a_child_that_polls(tmp_path: Path) -> None:
    mark = tmp_path / "ended"
    running = jobs.start("job_functions:poll_until_cancelled", str(mark))
    assert running.poll(timeout=30) == [Progress("waiting", None)]
    running.cancel()
    assert mark.read_text() == "cancelled"


def test_the_warm_spare_has_its_modules_and_is_taken_once() -> None:
    jobs.warm_up("colorsys")
    warm = jobs.run("job_functions:imported", "colorsys")
    cold = jobs.run("job_functions:imported", "colorsys")
    assert (warm, cold) == (True, False)


def test_a_spare_waits_for_the_work_it_is_for() -> None:
    jobs.warm_up("colorsys", serves=["job_functions:imported"])
    other = jobs.run("job_functions:process_id")
    assert jobs.run("job_functions:imported", "colorsys") is True
    assert other != os.getpid()


def test_a_child_ends_when_its_parent_does_not_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.warm_up()
    jobs.cool_down()
    assert jobs.run("job_functions:process_id") != os.getpid()


def test_share_maps_progress_into_its_part() -> None:
    seen: list[tuple[str, float | None]] = []

    class Listener(jobs.QuietJob):
        def progress(self, text: str, fraction: float | None = None) -> None:
            seen.append((text, fraction))

    part: Job = jobs.share(Listener(), 0.5, 1.0)
    part.progress("half", 0.5)
    part.progress("unknown")
    assert seen == [("half", 0.75), ("unknown", 0.5)]


def test_finished_and_failed_are_the_last_events() -> None:
    running = jobs.start("job_functions:count", 1)
    events = []
    while running.alive or not events or not isinstance(events[-1], Finished | Failed):
        events += running.poll(timeout=5)
    assert isinstance(events[-1], Finished)
    assert running.poll() == []
