"""One short text in shared memory: the newest replaces the one before, and nobody waits.

A pipe would fill up when the window is busy, and stop the process that must not stop reading the port.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np

from workbench.capture.ring import SharedMemory
from workbench.capture.status import CaptureState, CaptureStatus, SeenGap, TakeStage
from workbench.capture.wire.binary import BinaryFrame
from workbench.project.model import Channel

MAILBOX_BYTES = 64 << 10
_HEADER_BYTES = 16
_TURN, _LENGTH = range(2)
_TRIES = 8


class Mailbox:
    """The newest CaptureStatus, as JSON. An odd turn says that the writer is at work."""

    def __init__(self, memory: SharedMemory) -> None:
        self._header = np.frombuffer(memoryview(memory), np.int64, _HEADER_BYTES // 8)
        self._body = np.frombuffer(memoryview(memory), np.uint8, offset=_HEADER_BYTES)

    def put(self, status: CaptureStatus) -> None:
        """Writer: replace what is there."""
        text = json.dumps(dataclasses.asdict(status)).encode()
        if len(text) > len(self._body):  # only the quoted lines can grow like that
            text = json.dumps(dataclasses.asdict(dataclasses.replace(status, last_text=()))).encode()
        self._header[_TURN] += 1
        self._body[: len(text)] = np.frombuffer(text, np.uint8)
        self._header[_LENGTH] = len(text)
        self._header[_TURN] += 1

    def newest(self) -> CaptureStatus | None:
        """Reader: the newest status; None when there is none yet, or the writer was quicker every time."""
        for _ in range(_TRIES):
            turn, length = int(self._header[_TURN]), int(self._header[_LENGTH])
            if turn == 0:
                return None
            text = self._body[:length].tobytes()
            if turn % 2 == 0 and int(self._header[_TURN]) == turn:
                return _from_json(json.loads(text))
        return None


def _from_json(data: dict[str, Any]) -> CaptureStatus:
    data["state"] = CaptureState(data["state"])
    data["take_stage"] = None if data["take_stage"] is None else TakeStage(data["take_stage"])
    data["frame"] = None if data["frame"] is None else BinaryFrame(**data["frame"])
    data["seen_gaps"] = tuple(SeenGap(**gap) for gap in data["seen_gaps"])
    data["channels"] = tuple(Channel(**channel) for channel in data["channels"])
    for name in ("last_text", "streams"):
        data[name] = tuple(data[name])
    data["picture_shape"] = None if data["picture_shape"] is None else tuple(data["picture_shape"])
    return CaptureStatus(**data)
