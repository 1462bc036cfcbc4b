"""The window's side of capture: starts the process that reads the port, looks into its ring, tells it to record."""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from workbench.capture import reader_process
from workbench.capture.byte_ring import BYTE_RING_BYTES, ByteRing
from workbench.capture.channel_names import ChannelNames
from workbench.capture.control_lines import ControlLines
from workbench.capture.devices import Device
from workbench.capture.link import DEFAULT_BAUD, Link, LinkSettings
from workbench.capture.mailbox import MAILBOX_BYTES, Mailbox
from workbench.capture.picture_slot import PICTURE_SLOT_BYTES, PictureSlot, SeenPicture
from workbench.capture.picture_take import pictures_on_disk
from workbench.capture.raw_log import check_raw_log
from workbench.capture.recorder import PicturePlan, TakePlan, take_on_disk
from workbench.capture.ring import RING_BYTES, News, Place, SampleRing, shared_memory
from workbench.capture.status import CaptureState, CaptureStatus, Take
from workbench.capture.trigger import Trigger
from workbench.capture.wire.binary import BinaryFrame
from workbench.errors import NotPossible, WorkbenchError

# fork after TensorFlow is loaded hangs, and Windows has none.
_SPAWN = multiprocessing.get_context("spawn")
_ANSWER_S = 10.0  # a take is not given up because the computer is busy
_GOODBYE_S = 1.0


class CaptureSession:
    """A port being read by a process of its own. Use from one thread; ``stop`` it, or use it in ``with``."""

    def __init__(self, link: Link) -> None:
        """Begin to read; returns at once, ``status`` tells what becomes of it.

        Raises BadSetting when a setting of the link is out of bounds, NotPossible when there is no room for its raw
        log.
        """
        Device(link).parser()
        ChannelNames(link.settings.channel_names)
        if link.raw_log is not None:
            check_raw_log(link.raw_log)
        self.port = link.device
        self.link = link
        sizes = RING_BYTES, BYTE_RING_BYTES, PICTURE_SLOT_BYTES, MAILBOX_BYTES
        memory = reader_process.Memory(*map(shared_memory, sizes))
        self._ring, self._byte_ring = SampleRing(memory.rows), ByteRing(memory.bytes)
        self._picture_slot, self._mailbox = PictureSlot(memory.picture), Mailbox(memory.status)
        self._status = CaptureStatus(CaptureState.CONNECTING, port=link.device)
        self._take: TakePlan | None = None
        self.take_number = 0  # of the take begun last, as ``status`` tells it
        self._number = 0
        self._connection, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=reader_process.main, args=(theirs, link, memory), name="capture", daemon=True
        )
        self._process.start()
        theirs.close()
        self._stopped = False

    @classmethod
    def start(cls, port: str, baud: int = DEFAULT_BAUD, lines: ControlLines = ControlLines.BOTH) -> CaptureSession:
        """Begin to read a port of which nothing else is known; raises as the class does."""
        return cls(Link(port, LinkSettings(baud=baud, lines=lines.value)))

    def status(self) -> CaptureStatus:
        """The newest snapshot."""
        if not self._stopped:
            self._status = self._mailbox.newest() or self._status
            if self._status.state is not CaptureState.ENDED and not self._process.is_alive():
                self._status = dataclasses.replace(
                    self._status,
                    state=CaptureState.ENDED,
                    message="The capture process ended unexpectedly. Connect again; a take that ran is kept.",
                )
        return self._status

    def latest(self, rows: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """The newest readings, at most ``rows``: values (n, channels) float32 and their times (n,) float64.

        Times are in seconds since the session started.
        """
        return self._ring.latest(rows)

    def since(self, place: Place | None, most: int) -> News:
        """The readings that came after ``place``, at most the ``most`` newest; see ``SampleRing.since``."""
        return self._ring.since(place, most)

    def bytes_since(self, place: int) -> tuple[int, bytes]:
        """The bytes that came after ``place`` (0 at first), the newest of them; and the place to go on from."""
        return self._byte_ring.since(place)

    def picture_after(self, number: int) -> SeenPicture | None:
        """The newest picture; None when it is number ``number`` (0 at first)."""
        return self._picture_slot.after(number)

    def show_stream(self, place: int) -> None:
        """Look at another stream of the link, by its place in ``status().streams``. Raises NotPossible."""
        self._ask("show", place)

    def read_as(self, settings: LinkSettings, frame: BinaryFrame | None) -> None:
        """Understand what comes from now on as these settings say; the port stays open.

        Raises NotPossible while a take is running, BadSetting when a setting is out of bounds.
        """
        link = dataclasses.replace(self.link, settings=settings, frame=frame)
        Device(link).parser()
        ChannelNames(settings.channel_names)
        self._ask("read", link)
        self.link = link

    def send(self, data: bytes) -> None:
        """Send bytes to the board. Raises NotPossible while the port is not open or does not take them."""
        self._ask("send", data)

    def begin_take(
        self,
        samples_path: Path,
        label: str,
        metadata: Mapping[str, str] | None = None,
        *,
        name: str = "",
        seconds: float | None = None,
        trigger: Trigger | None = None,
        pictures: PicturePlan | None = None,
    ) -> None:
        """Write what arrives from now on to ``samples_path``; further parts go to files beside it.

        ``name`` is what a recording is called that a crash leaves behind. With a ``trigger`` the take begins by
        itself, and with ``seconds`` it is complete after that time; ``status().take_stage`` says how far it is.
        With ``pictures`` it is a take of pictures, not of readings.
        Raises NotPossible when a take already runs, the trigger's channel is missing or the session has ended.
        """
        plan = TakePlan(samples_path, label, dict(metadata or {}), name, self.port, seconds, trigger, pictures)
        number = self._ask("begin", plan)
        assert isinstance(number, int)  # noqa: S101 - what "begin" answers
        self.take_number = number
        self._take = plan

    def end_take(self) -> Take:
        """Close the take's files. Raises NotPossible when no take runs or nothing was recorded.

        When the capture process has died, the take is what it had written.
        """
        plan, self._take = self._take, None
        if plan is None:
            raise NotPossible("No take is running.")
        try:
            take = self._ask("end")
        except NotPossible:
            if self._process_ended():
                return _left_behind(plan)
            raise
        assert isinstance(take, Take)  # noqa: S101 - what "end" answers
        return take

    def stop(self) -> None:
        """End the process; a running take is closed and its file stays. Harmless when called again."""
        if self._stopped:
            return
        if self._take is not None or self.link.raw_log is not None:
            with contextlib.suppress(OSError):
                self._connection.send((0, "stop"))
            self._process.join(_GOODBYE_S)
        if self._process.is_alive():  # without a take or a raw log it has nothing to finish, and the window waits
            self._process.kill()
            self._process.join()
        status = self.status()
        self._status = dataclasses.replace(status, state=CaptureState.ENDED, recording_rows=None)
        self._stopped = True
        self._connection.close()
        self._process.close()

    def _process_ended(self) -> bool:
        return self._stopped or not self._process.is_alive()

    def _ask(self, command: str, *arguments: object) -> object:
        """Send a command and wait for its answer, or raise the WorkbenchError it answers with."""
        self._number += 1
        deadline = time.monotonic() + _ANSWER_S
        try:
            self._connection.send((self._number, command, *arguments))
            while self._connection.poll(max(0.0, deadline - time.monotonic())):
                number, answer = self._connection.recv()
                if number != self._number:
                    continue
                if isinstance(answer, WorkbenchError):
                    raise answer
                return answer
        except (EOFError, OSError) as error:
            if not self._stopped:
                self._process.join(_GOODBYE_S)
            raise NotPossible("This capture session has ended.", to_do="Connect again.") from error
        raise NotPossible("The capture process does not answer.", to_do="Stop the capture and connect again.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _left_behind(plan: TakePlan) -> Take:
    take = take_on_disk(plan) if plan.pictures is None else pictures_on_disk(plan)
    if not take.parts and not take.pictures:
        raise NotPossible("The capture process ended before anything was recorded.", to_do="Connect again.")
    return take
