"""The child process's side: waits for one task, does it, reports."""

from __future__ import annotations

import importlib
import logging
import os
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from workbench.errors import JobDied, WorkbenchError
from workbench.jobs.events import Failed, Finished, Progress, Report
from workbench.jobs.job import Cancelled
from workbench.log import log_to_file

# What the parent sends: ("import", module names) any number of times, then ("run", function, args, kwargs);
# "cancel" at any time.
Message = tuple[Any, ...] | str

_LONGEST_LINE = 300
_NICENESS = 5  # the window, and the capture of a board, come first on a computer with few cores


class PipeJob:
    """A job whose events go to the parent through a pipe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def cancelled(self) -> bool:
        # The parent says "cancel", or is gone: either way nobody waits for the result.
        try:
            return self._connection.poll()
        except (BrokenPipeError, OSError):
            return True

    def _send(self, event: Progress | Report) -> None:
        if self.cancelled:
            raise Cancelled
        self._connection.send(event)

    def progress(self, text: str, fraction: float | None = None) -> None:
        self._send(Progress(text, fraction))

    def report(self, kind: str, **values: Any) -> None:
        self._send(Report(kind, values))


def find(function: str) -> Callable[..., Any]:
    """The callable named ``package.module:name``."""
    module, _, name = function.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def main(connection: Connection, scratch: str) -> None:
    """Run in the child: import what is asked for ahead of time, then do the one task.

    Its temporary files, and those of its own children, go into the folder ``scratch``, which the parent removes.
    """
    os.environ["TMPDIR"] = tempfile.tempdir = scratch
    # Ctrl+C in a terminal reaches the whole process group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICENESS)
    prepare_for_tensorflow()
    _keep_native_messages_off_the_terminal()
    log_to_file()
    try:
        while True:
            message: Message = connection.recv()
            if isinstance(message, str):  # a spare that is not needed any more
                os._exit(0)
            if message[0] == "run":
                break
            for module in message[1]:
                importlib.import_module(module)
    except EOFError:  # the parent ended before it had any work
        return
    _, function, args, kwargs = message
    try:
        result = find(function)(*args, **kwargs, job=PipeJob(connection))
        connection.send(Finished(result))
    except (Cancelled, BrokenPipeError, EOFError):
        pass
    except WorkbenchError as error:
        connection.send(Failed(error))
    except MemoryError:
        connection.send(Failed(JobDied("The computer ran out of memory.", to_do="Use fewer or shorter windows.")))
    except Exception as error:
        # A defect of ours: the person gets one line, the log the whole story.
        logging.getLogger(__name__).error("%s\n%s", function, traceback.format_exc())
        connection.send(Failed(JobDied(f"The work stopped: {_in_one_line(error)}.", to_do="The log has the details.")))
    finally:
        sys.stdout.flush()
        connection.close()
        # TensorFlow's thread pools can keep an interpreter from ending.
        os._exit(0)


def _in_one_line(error: Exception) -> str:
    """The kind of a defect and the line of its text that says most: TensorFlow's messages fill pages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"\w+Error: ", line)]
    text = (telling or [f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__])[0]
    return text[:_LONGEST_LINE].rstrip(".")


def prepare_for_tensorflow() -> None:
    """What TensorFlow reads from the environment when it is imported; call it before."""
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")  # tfmot rejects Keras 3
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # the same bits on every CPU
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


def _keep_native_messages_off_the_terminal() -> None:
    """TensorFlow's C++ writes to descriptor 2 whatever it is told; Python's own errors keep a way out."""
    try:
        own = os.dup(2)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 2)
        os.close(silent)
    except OSError:  # started without a standard error (a windowed program on Windows)
        return
    sys.stderr = os.fdopen(own, "w", buffering=1, encoding="utf-8", errors="backslashreplace")
