"""Frames of one length that begin with the same bytes: finds them, and finds them again after damage.

All places of a block where a frame may begin are checked together; no byte is looked at by itself.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from workbench.capture.wire.checksums import Bytes, Checksum
from workbench.capture.wire.parser import Counts

_MOST_SKIPPED = 4096  # bytes between frames that are kept for the count
_TEXT = bytes(range(0x20, 0x7F)) + b"\t\r\n"


class FrameScanner:
    """Cuts a stream into frames.

    ``prefix`` begins every frame of ``length`` bytes. With a checksum it stands at the end, low byte first when
    ``little``, and covers the bytes from ``covered_from`` on. Without one a frame that does not follow another
    must itself be followed by a prefix, since the prefix may stand among the values by chance.
    """

    def __init__(
        self,
        prefix: bytes,
        length: int,
        counts: Counts,
        *,
        checksum: Checksum | None = None,
        covered_from: int = 0,
        little: bool = True,
    ) -> None:
        self._prefix = prefix
        self.length = length
        self._counts = counts
        self._checksum = checksum
        self._covered_from = covered_from
        self._stored = np.dtype(f"{'<' if little else '>'}u{checksum.width}") if checksum else np.dtype(np.uint8)
        self.restart()

    def restart(self) -> None:
        """Start in the middle of a stream."""
        self._carry = b""
        self._follows = False  # the carry begins where a frame ended
        self._joined = False  # a frame has been found: what lies between the next ones is damage
        self._skipped = bytearray()

    def feed(self, data: bytes) -> Bytes:
        """The frames completed by these bytes: uint8 (n, length)."""
        data = self._carry + data
        buffer = np.frombuffer(data, np.uint8)
        places = len(data) - self.length + 1
        if places <= 0:
            self._carry = data
            return np.empty((0, self.length), np.uint8)
        is_start = buffer[:places] == self._prefix[0]
        for offset, byte in enumerate(self._prefix[1:], start=1):
            is_start &= buffer[offset : places + offset] == byte
        candidates = np.flatnonzero(is_start)
        frames: Bytes = sliding_window_view(buffer, self.length)[candidates]
        valid = self._valid(frames)
        if len(candidates) and self._in_a_row(candidates, valid):
            chosen = np.arange(len(candidates))
            end = int(candidates[-1]) + self.length
            self._follows = self._joined = True
        else:
            chosen, end = self._choose(data, candidates.tolist(), valid.tolist(), places)
        self._carry = data[end:]
        return frames[chosen]

    def _valid(self, frames: Bytes) -> NDArray[np.bool_]:
        if self._checksum is None:
            return np.ones(len(frames), np.bool_)
        body = self.length - self._checksum.width
        stored = np.ascontiguousarray(frames[:, body:]).view(self._stored)[:, 0]
        return np.asarray(self._checksum.compute(frames[:, self._covered_from : body]) == stored)

    def _in_a_row(self, candidates: NDArray[np.intp], valid: NDArray[np.bool_]) -> bool:
        at_once = self._follows and candidates[0] == 0 and not self._skipped
        return bool(at_once and valid.all() and (np.diff(candidates) == self.length).all())

    def _choose(
        self, data: bytes, candidates: list[int], valid: list[bool], places: int
    ) -> tuple[NDArray[np.intp], int]:
        """The numbers of the candidates that are frames, and where the bytes begin that are still needed."""
        starts = set(candidates)
        chosen: list[int] = []
        end = 0
        for number, (start, is_valid) in enumerate(zip(candidates, valid, strict=True)):
            if start < end:
                continue
            following = self._follows and start == end
            if not is_valid:
                if following:
                    self._counts.checksum_errors += 1
                continue
            if self._checksum is None and not following and start + self.length not in starts:
                if start + self.length >= places:  # what follows has not come yet
                    places = start
                    break
                continue
            self._skip(data[end:start])
            self._frame_found()
            chosen.append(number)
            end = start + self.length
        if end < places:
            self._skip(data[end:places])
            end = places
            self._follows = False
        return np.array(chosen, np.intp), end

    def _frame_found(self) -> None:
        self.count_skipped()
        self._follows = self._joined = True

    def _skip(self, skipped: bytes) -> None:
        if skipped:
            self._follows = False
        self._skipped += skipped
        while len(self._skipped) > _MOST_SKIPPED:
            self._count(bytes(self._skipped[:_MOST_SKIPPED]))
            del self._skipped[:_MOST_SKIPPED]

    def count_skipped(self) -> None:
        """Account for the bytes between two frames."""
        if self._skipped:
            self._count(bytes(self._skipped))
            self._skipped.clear()

    def _count(self, skipped: bytes) -> None:
        lines = skipped.count(b"\n")
        if lines and not skipped.translate(None, _TEXT):
            self._counts.text += lines
        elif self._joined or len(skipped) >= self.length:
            self._counts.bad += max(1, round(len(skipped) / self.length))
        self._counts.quote(skipped.strip())
