"""The process that reads the port. Its parent tells it to record; both look at the same memory otherwise."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from workbench.capture.byte_ring import ByteRing
from workbench.capture.engine import CaptureEngine
from workbench.capture.link import Link
from workbench.capture.mailbox import Mailbox
from workbench.capture.picture_slot import PictureSlot
from workbench.capture.ring import SampleRing, SharedMemory
from workbench.capture.status import CaptureState
from workbench.errors import WorkbenchError

_STATUS_EVERY_S = 0.1

# The parent sends (number, "begin", TakePlan), (number, "end"), (number, "send", bytes), (number, "show", place),
# (number, "read", Link) and (number, "stop"); each answer is (number, result or WorkbenchError), so that an answer
# that came too late is told from the next one.
Command = tuple[Any, ...]


@dataclass(frozen=True)
class Memory:
    """What the two processes share."""

    rows: SharedMemory
    bytes: SharedMemory
    picture: SharedMemory
    status: SharedMemory


def main(connection: Connection, link: Link, memory: Memory) -> None:
    """Read what the link leads to until the parent says stop, or is gone."""
    # Ctrl+C in a terminal reaches the whole process group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    messages = Mailbox(memory.status)
    engine = CaptureEngine(
        link,
        ring=SampleRing(memory.rows),
        byte_ring=ByteRing(memory.bytes),
        picture_slot=PictureSlot(memory.picture),
    )
    trouble = ""
    try:
        _serve(connection, engine, messages)
    except (EOFError, OSError):
        pass  # the parent is gone
    except Exception as error:
        # A defect of ours: the person gets one line, the log the whole story.
        logging.getLogger(__name__).error("%s", traceback.format_exc())
        trouble = f"The capture process stopped: {type(error).__name__}: {error}."
    finally:
        status = engine.status()
        engine.close()
        messages.put(dataclasses.replace(status, state=CaptureState.ENDED, message=trouble, recording_rows=None))
        with contextlib.suppress(OSError):
            connection.close()
        os._exit(0)  # at once: the window waits


def _serve(connection: Connection, engine: CaptureEngine, messages: Mailbox) -> None:
    status_due = 0.0
    while True:
        while connection.poll():
            command: Command = connection.recv()
            if command[1] == "stop":
                return
            connection.send((command[0], _answer(engine, command)))
            status_due = 0.0
        engine.step()
        now = time.monotonic()
        if now >= status_due:
            messages.put(engine.status())
            status_due = now + _STATUS_EVERY_S


def _answer(engine: CaptureEngine, command: Command) -> object:
    try:
        if command[1] == "end":
            return engine.end_take()
        if command[1] == "begin":
            return engine.begin_take(command[2])
        do: dict[str, Callable[[Any], None]] = {
            "send": engine.send,
            "show": engine.show_stream,
            "read": engine.read_as,
        }
        do[command[1]](command[2])
        return None
    except WorkbenchError as error:
        return error
