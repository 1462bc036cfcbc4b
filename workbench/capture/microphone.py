"""The computer's own microphone as a source: 16 kHz, one channel, 16 bits, through the optional sounddevice library."""

from __future__ import annotations

import contextlib
import queue
import sys
from typing import Any

from workbench.capture.source import Source, SourceLost
from workbench.capture.wire.sound import RATE_HZ
from workbench.errors import MissingExtra, NotPossible, PortError, WorkbenchError

MICROPHONE = "microphone"  # the device; ``microphone:NAME`` or ``microphone:NUMBER`` for another than the usual one
_WAIT_S = 0.02
_MOST_BLOCKS = 1024  # that wait: ten seconds and more at usual block sizes
_BLOCK = 160  # samples: 10 ms


def is_microphone(device: str) -> bool:
    """Whether a device's name means the computer's microphone, not a port."""
    return device.partition(":")[0] == MICROPHONE


def why_no_microphone() -> str:
    """The reason why the microphone cannot be used on this computer, with what to do; "" when it can.

    The first call loads the library, which may take a second: do not ask in the window's thread.
    """
    try:
        _input_named(_library(), None)
    except WorkbenchError as error:
        return str(error)
    return ""


class Microphone(Source):
    """An open microphone. Raises MissingExtra, NotPossible or PortError when there is none that can be read."""

    def __init__(self, device: str) -> None:
        library = _library()
        wanted = device.partition(":")[2].strip()
        self._blocks: queue.Queue[bytes] = queue.Queue(_MOST_BLOCKS)
        self._lost = False
        chosen = _input_named(library, int(wanted) if wanted.isdecimal() else wanted or None)
        try:
            self._stream = library.RawInputStream(
                samplerate=RATE_HZ, blocksize=_BLOCK, device=chosen, channels=1, dtype="int16", callback=self._heard
            )
            self._stream.start()
        except (library.PortAudioError, ValueError) as error:
            raise PortError(
                f"The microphone does not give {RATE_HZ:g} Hz in one channel ({error}).",
                where=device,
                to_do="Choose another input in the system's sound settings.",
            ) from error

    def _heard(self, samples: Any, _count: int, _time: Any, status: Any) -> None:
        """PortAudio's own thread calls this with a buffer of int16."""
        self._lost = self._lost or bool(status.input_overflow)
        try:
            self._blocks.put_nowait(bytes(samples))
        except queue.Full:
            self._lost = True

    def read(self) -> bytes:
        if self._lost:
            raise SourceLost("input overflow", what="This computer was too busy to take all of the sound.")
        try:
            parts = [self._blocks.get(timeout=_WAIT_S)]
        except queue.Empty:
            if not self._stream.active:
                raise SourceLost("the stream ended", what="The microphone went away.") from None
            return b""
        with contextlib.suppress(queue.Empty):
            while len(parts) < _MOST_BLOCKS:
                parts.append(self._blocks.get_nowait())
        # The samples are in this computer's byte order; on the wire they would be little endian.
        return b"".join(parts) if sys.byteorder == "little" else _swapped(b"".join(parts))

    def write(self, data: bytes) -> None:
        """A microphone listens to nobody."""

    def close(self) -> None:
        self._stream.close(ignore_errors=True)


def _swapped(data: bytes) -> bytes:
    swapped = bytearray(data)
    swapped[::2], swapped[1::2] = data[1::2], data[::2]
    return bytes(swapped)


def _library() -> Any:
    """The sounddevice module, with the reason in plain words when it cannot be loaded."""
    try:
        import sounddevice
    except ImportError as error:
        raise MissingExtra(
            "The microphone needs the sounddevice library.", to_do='Run: pip install "tinyml-workbench[sound]"'
        ) from error
    except OSError as error:  # what sounddevice raises when PortAudio is absent
        raise NotPossible(
            "The microphone needs the PortAudio library, which is not installed.", to_do=_how_to_get_portaudio()
        ) from error
    return sounddevice


def _how_to_get_portaudio() -> str:
    if sys.platform.startswith("linux"):
        return "Run: sudo apt-get install libportaudio2"
    return 'Run: pip install --force-reinstall "tinyml-workbench[sound]"'  # the wheels for these systems carry it


def _input_named(library: Any, name: str | int | None) -> int | str | None:
    """``name`` unchanged when it is an input. Raises NotPossible when there is none."""
    try:
        library.query_devices(name, "input")
    except (ValueError, library.PortAudioError) as error:
        what = "This computer has no microphone." if name is None else f"There is no microphone {name!r}."
        raise PortError(what, to_do="Plug one in, or allow it in the system's sound settings.") from error
    return name
