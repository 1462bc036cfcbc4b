"""Files written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

_ANYBODY = 0o666


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a kill at any moment leaves the old one.

    Who may read it is as for the file it replaces, or as for any new file of this user (the umask).
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            Path(temporary).chmod(_mode(path))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """Permissions of the file that is there, else those the umask leaves to new files."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return _ANYBODY & ~_umask()


def _umask() -> int:
    """The process's umask; on Linux read without changing it, as other threads may make files meanwhile."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return next(int(line.split()[1], 8) for line in status.splitlines() if line.startswith("Umask:"))
    except (OSError, StopIteration, ValueError):
        mask = os.umask(0)
        os.umask(mask)
        return mask
