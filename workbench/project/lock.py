"""Who opened a project's folder first: a lock that the operating system drops when the process ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """``held`` tells whether this process is the first in the folder. Nobody waits and nobody is kept out."""

    def __init__(self, folder: Path, *, take: bool) -> None:
        self._file: IO[bytes] | None = None
        if not take:
            return
        try:
            self._file = (folder / "project.lock").open("ab")
            _try_lock(self._file)
        except OSError:  # somebody else has it, or the file system knows no locks
            self.release()

    @property
    def held(self) -> bool:
        """Whether the lock is ours."""
        return self._file is not None

    def release(self) -> None:
        """Give the lock up; a second call does nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None
