"""What the job tests run in a child process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from workbench.errors import BadFile
from workbench.jobs import Cancelled, Job


def count(until: int, *, job: Job) -> str:
    for number in range(until):
        job.progress("counting", number / until)
        job.report("number", value=number)
    return f"counted {until}"


def refuse(*, job: Job) -> None:
    raise BadFile("It is empty.", where="a.csv", to_do="Record again.")


def divide(*, job: Job) -> float:
    return 1 / 0


def complain_at_length(*, job: Job) -> None:
    raise ValueError(
        "in user code:\n\n  File x.py, line 3\n    RuntimeError: no seed.\n\nCall arguments: " + "x " * 999
    )


def crash(*, job: Job) -> None:
    job.progress("converting")
    os.abort()


def litter(*, job: Job) -> tuple[str, str]:
    """Two temporary files that nobody removes, of this process and of one that it starts."""
    handle, own = tempfile.mkstemp()
    os.close(handle)
    code = "import tempfile; print(tempfile.mkstemp()[1])"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    return own, other


def ignore_everything(*, job: Job) -> None:
    job.progress("busy")
    time.sleep(600)


def poll_until_cancelled(mark: str, *, job: Job) -> None:
    job.progress("waiting")
    while not job.cancelled:
        time.sleep(0.001)
    Path(mark).write_text("cancelled")
    raise Cancelled


def imported(module: str, *, job: Job) -> bool:
    return module in sys.modules


def process_id(*, job: Job) -> int:
    return os.getpid()
