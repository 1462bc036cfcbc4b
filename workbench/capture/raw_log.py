"""The bytes of a connection kept as they come, and when they came, so that any trouble can be replayed.

``FILE`` holds the bytes and nothing else; ``FILE.times`` a line ``seconds,bytes`` for each read. Both bear ``.part``
at the end of their names until they are whole. What has been read is in the hands of the operating system at once.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import IO

from workbench.errors import NotPossible
from workbench.quantities import quantity

MOST_BYTES = 4 << 30  # more than an hour of the fastest board
PART = ".part"
TIMES = ".times"
_SUFFIXES = (".log", ".raw", ".bin")


def is_raw_log(path: Path) -> bool:
    """Whether a file looks like a log of bytes: by its name, or by the times beside it."""
    return path.is_file() and (path.suffix.lower() in _SUFFIXES or times_of(path).is_file())


def times_of(path: Path) -> Path:
    """The file that tells when the bytes of a log came, for a whole log and for one that a kill has left."""
    name = path.name.removesuffix(PART)
    return path.with_name(name + TIMES + path.name[len(name) :])


def check_raw_log(path: Path) -> None:
    """Raises NotPossible when no log can be begun there; nothing is ever overwritten."""
    if not path.parent.is_dir():
        raise NotPossible("The folder for the raw log is missing.", where=str(path.parent))
    for there in (path, times_of(path), _part(path), _part(times_of(path))):
        if there.exists():
            raise NotPossible("There is a file of this name.", where=str(there), to_do="Choose another name.")


class RawLog:
    """A log being written. Trouble with the disk ends it, never the capture; ``problem`` says so."""

    def __init__(self, path: Path, started_s: float) -> None:
        self.problem = ""
        self._path = path
        self._started_s = started_s
        self._size = 0
        self._files: list[IO[bytes]] = []

    def write(self, data: bytes, read_s: float) -> None:
        """Keep what was read at ``read_s``."""
        if self.problem:
            return
        if self._size + len(data) > MOST_BYTES:
            self.problem = f"The raw log is full at {quantity(self._size, 'B')}; the capture goes on without it."
            return
        try:
            if not self._files:
                self._begin()
            for file, content in zip(self._files, (data, self._line(len(data), read_s)), strict=True):
                file.write(content)
                file.flush()
        except OSError as error:
            self.problem = f"The raw log stopped: {error.strerror or error}. What was written before is kept."
            return
        except NotPossible as error:  # somebody has put a file there meanwhile
            self.problem = f"There is no raw log. {error}"
            return
        self._size += len(data)

    def _begin(self) -> None:
        check_raw_log(self._path)
        for path in (self._path, times_of(self._path)):
            self._files.append(_part(path).open("xb"))

    def _line(self, count: int, read_s: float) -> bytes:
        return b"%.6f,%d\n" % (read_s - self._started_s, count)

    def close(self) -> None:
        """Make it whole; harmless when nothing came."""
        files, self._files = self._files, []
        for file in reversed(files):  # the log last: where it is, its times are
            with contextlib.suppress(OSError):
                file.close()
                Path(file.name).replace(Path(file.name.removesuffix(PART)))


def _part(path: Path) -> Path:
    return path.with_name(path.name + PART)
