"""Capture in a process of its own: live data, takes, and what is left when something dies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from workbench.capture.session import CaptureSession
from workbench.capture.status import CaptureState
from workbench.errors import BadSetting, NotPossible
from workbench.project.samples import read_samples

if TYPE_CHECKING:
    from tests.unit.capture.conftest import Board, Until


def recorded(*files: Path) -> np.ndarray:
    """The first column of what was recorded, which must be numbers without a hole."""
    numbers = np.concatenate([read_samples(file)[:, 0] for file in files])
    np.testing.assert_array_equal(np.diff(numbers), 1)
    return numbers


def frames(session: CaptureSession) -> int:
    return session.status().frames


def test_live_readings_and_a_take(board: Board, until: Until, tmp_path: Path) -> None:
    with CaptureSession.start(board.port, 115_200) as session:
        until(lambda: frames(session) > 100)
        assert session.status().state is CaptureState.RECEIVING
        values, times = session.latest(50)
        np.testing.assert_array_equal(np.diff(values[:, 0]), 1)
        assert (np.diff(times) >= 0).all()
        session.begin_take(tmp_path / "a.arrow", "wave", {"subject": "kim"})
        until(lambda: (session.status().recording_rows or 0) > 100)
        take = session.end_take()
        assert session.status().state is CaptureState.RECEIVING
    assert len(recorded(*(part.path for part in take.parts))) == take.rows > 100
    assert session.status().state is CaptureState.ENDED


def test_an_unplugged_board_is_reported_and_stopping_is_quick(board: Board, until: Until) -> None:
    with CaptureSession.start(board.port, 115_200) as session:
        until(lambda: frames(session) > 10)
        board.unplug()
        until(lambda: session.status().state is CaptureState.LOST)
        assert "plugged in again" in session.status().message


def test_recording_does_not_import_what_stalls_it(tmp_path: Path) -> None:
    """Importing pandas, which pyarrow does behind the back of its convenient functions, takes up to two seconds."""
    program = (
        "import sys; from pathlib import Path; import numpy as np; from workbench.capture import reader_process;"
        "from workbench.capture.recorder import *; from workbench.project.model import Channel;"
        f"recorder = Recorder(TakePlan(Path({str(tmp_path / 'a.arrow')!r}), 'wave'));"
        "rows = Rows((Channel('x'),), np.ones((5, 1), np.float32));"
        "[recorder.write(rows, 0, float(n), None) for n in range(9)]; assert recorder.close(0).rows == 45;"
        "slow = {'pandas', 'tensorflow', 'PySide6', 'scipy', 'sklearn'} & set(sys.modules); assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", program], env=environment(), check=True, timeout=120)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}


def test_a_port_that_is_not_there_says_so(until: Until) -> None:
    with CaptureSession.start("/dev/tty-that-is-not", 9600) as session:
        until(lambda: "no such port" in session.status().message)
        assert session.status().state is CaptureState.CONNECTING
        with pytest.raises(NotPossible, match="No take"):
            session.end_take()
        with pytest.raises(NotPossible, match="folder"):
            session.begin_take(Path("/no/such/folder/a.arrow"), "")


def test_a_bad_baud_rate_starts_nothing() -> None:
    with pytest.raises(BadSetting, match="baud"):
        CaptureSession.start("/dev/tty-that-is-not", 0)


def test_a_stopped_session_keeps_the_file_of_its_take(board: Board, until: Until, tmp_path: Path) -> None:
    session = CaptureSession.start(board.port, 115_200)
    until(lambda: frames(session) > 10)
    session.begin_take(tmp_path / "a.arrow", "wave")
    until(lambda: (session.status().recording_rows or 0) > 100)
    session.stop()
    session.stop()
    assert len(recorded(*tmp_path.glob("a*.arrow"))) > 100
    with pytest.raises(NotPossible, match="ended"):
        session.begin_take(tmp_path / "b.arrow", "wave")


def kill_while_recording(board: Board, until: Until, path: Path, rows: int) -> None:
    with CaptureSession.start(board.port, 115_200) as session:
        until(lambda: frames(session) > 10)
        session.begin_take(path, "wave")
        until(lambda: (session.status().recording_rows or 0) > rows)
        os.kill(session._process.pid or 0, signal.SIGKILL)
        until(lambda: session.status().state is CaptureState.ENDED)
        status = session.status()
        received = status.recording_rows or 0
        take = session.end_take()
    assert "unexpectedly" in status.message
    assert take.rows >= received - board.RATE_HZ  # one second
    assert len(recorded(*(part.path for part in take.parts))) == take.rows


@pytest.mark.parametrize("rows", [700, 900, 1100])
def test_a_killed_capture_loses_at_most_the_last_second(board: Board, until: Until, tmp_path: Path, rows: int) -> None:
    kill_while_recording(board, until, tmp_path / "a.arrow", rows)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(50))
def test_fifty_random_kills(board: Board, until: Until, tmp_path: Path, seed: int) -> None:
    kill_while_recording(board, until, tmp_path / "a.arrow", random.Random(seed).randint(600, 3000))


def test_a_parent_that_dies_leaves_no_process_and_a_whole_file(board: Board, until: Until, tmp_path: Path) -> None:
    """kill -9 of the window: the child notices the closed pipe, finishes the file and ends."""
    program = f"""
        import os, signal, time
        from pathlib import Path
        from workbench.capture.session import CaptureSession
        if __name__ == "__main__":
            session = CaptureSession.start({board.port!r}, 115200)
            while session.status().frames < 10:
                time.sleep(0.01)
            session.begin_take(Path({str(tmp_path / "a.arrow")!r}), "wave")
            while (session.status().recording_rows or 0) < 700:
                time.sleep(0.01)
            print(session._process.pid, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
    """
    script = tmp_path / "window.py"
    script.write_text(textwrap.dedent(program))
    window = subprocess.run(
        [sys.executable, str(script)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert window.returncode == -signal.SIGKILL
    child = int(window.stdout)
    until(lambda: not Path(f"/proc/{child}").exists() if Path("/proc").exists() else not alive(child))
    assert window.stderr == ""  # no word of leaked shared memory
    assert len(recorded(*sorted(tmp_path.glob("a*.arrow"), key=lambda file: file.stat().st_mtime))) >= 700


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
