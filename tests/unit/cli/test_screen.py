"""What stands on a terminal, and in a log where there is none."""

from __future__ import annotations

import pytest

from workbench import jobs
from workbench.cli import screen
from workbench.cli.screen import Screen, table


@pytest.fixture
def _steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job of the module below that this test, not a child, runs."""

    class Running:
        def wait(self, on_event: object) -> str:
            assert callable(on_event)
            for text in (
                "Reading a.csv",
                "Reading b.csv",
                "Training: epoch 1 of 2",
                "Training: epoch 2 of 2",
                "Saving",
            ):
                on_event(jobs.Progress(text, None))
            return "done"

    monkeypatch.setattr(jobs, "start", lambda *_args, **_options: Running())


@pytest.mark.usefixtures("_steps")
def test_a_log_has_each_step_and_not_each_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert Screen(machine=False).job("a:b", title="Importing") == "done"
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["· Importing", "· Reading a.csv", "· Training: epoch 1 of 2", "· Saving"]


@pytest.mark.usefixtures("_steps")
def test_a_long_step_is_heard_of_again(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "LOGGED_EVERY_S", 0.0)
    Screen(machine=False).job("a:b", title="Importing")
    assert "· Training: epoch 2 of 2" in capsys.readouterr().err.splitlines()


def test_no_number_is_cut_off_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    shown = table("layer", "of its weights", "why", right=("of its weights",), whole=("layer",))
    shown.add_row("a rather long layer", "12,345,678 B", "it is large")
    Screen(machine=False).show([shown])
    told = capsys.readouterr().out
    assert all(text in told for text in ("a rather long layer", "of its weights", "12,345,678 B"))
