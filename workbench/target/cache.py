"""Built programs by a digest of all that went into them."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from workbench.settings import cache_folder

MOST_BYTES = 200_000_000


def built(inputs: Iterable[str], suffix: str, make: Callable[[Path], None]) -> Path:
    """The file that ``make(path)`` writes for these ``inputs``, made only when it is not kept from an earlier time.

    The files used least recently are deleted when all together take more than MOST_BYTES.
    """
    digest = hashlib.sha256()
    for text in inputs:
        encoded = text.encode()
        digest.update(len(encoded).to_bytes(8, "little") + encoded)
    folder = cache_folder("built")
    path = folder / (digest.hexdigest() + suffix)
    if path.exists():
        with contextlib.suppress(OSError):
            os.utime(path)
        return path
    # Another process may make the same file at the same time: each writes its own, the last one stays.
    unfinished = folder / f".{os.getpid()}-{path.name}"
    try:
        make(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    _tidy(folder, keep=path)
    return path


def _tidy(folder: Path, *, keep: Path) -> None:
    known = []
    for path in folder.iterdir():
        with contextlib.suppress(OSError):  # another process tidies as well
            status = path.stat()
            known.append((status.st_mtime, status.st_size, path))
    room = MOST_BYTES
    for _, size, path in sorted(known, reverse=True):
        room -= size
        if room < 0 and path != keep:
            with contextlib.suppress(OSError):
                path.unlink()
