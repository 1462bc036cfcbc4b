"""Running a compiler: its output in one piece, its end when the work is cancelled."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.errors import JobDied
from workbench.jobs import Cancelled, Job

_LOOK_EVERY_S = 0.02
_LONGEST_MESSAGE = 600  # characters


def run_program(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], job: Job, limit_s: float = 300.0
) -> None:
    """Run a program to its end; JobDied with the start of what it printed when it fails or takes too long.

    Raises Cancelled when the job is, after ending the program.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            ends = time.monotonic() + limit_s
            while process.poll() is None:
                if job.cancelled:
                    raise Cancelled
                if time.monotonic() > ends:
                    raise JobDied(f"{Path(command[0]).name} took longer than {limit_s:g} s.")
                time.sleep(_LOOK_EVERY_S)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            output.seek(0)
            said = output.read(_LONGEST_MESSAGE * 4).decode("utf-8", "replace").strip()[:_LONGEST_MESSAGE]
            raise JobDied(f"{Path(command[0]).name} failed: {said or f'exit code {process.returncode}'}")
