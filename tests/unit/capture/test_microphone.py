"""The computer's microphone, with a module in the place of sounddevice: there is no sound card here."""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workbench.capture.devices import Device
from workbench.capture.engine import CaptureEngine
from workbench.capture.link import Link
from workbench.capture.microphone import Microphone, why_no_microphone
from workbench.capture.source import SourceLost
from workbench.capture.status import CaptureState
from workbench.errors import MissingExtra, NotPossible, PortError


class PortAudioError(Exception):
    pass


class Stream:
    """What sounddevice.RawInputStream is to us; the test speaks into it."""

    newest: Stream

    def __init__(self, **settings: Any) -> None:
        if settings["device"] == "deaf":
            raise PortAudioError("Invalid sample rate")
        self.settings = settings
        self.callback: Callable[..., None] = settings["callback"]
        self.active = False
        self.closed = False
        Stream.newest = self

    def start(self) -> None:
        self.active = True

    def close(self, *, ignore_errors: bool) -> None:
        self.closed = True

    def hear(self, samples: np.ndarray, *, overflow: bool = False) -> None:
        status = types.SimpleNamespace(input_overflow=overflow)
        self.callback(memoryview(samples.astype("<i2").tobytes()), len(samples), None, status)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    module = types.ModuleType("sounddevice")
    present: set[object] = {None, "deaf", 3}

    def query_devices(name: object, _kind: str) -> dict[str, str]:
        if name not in present:
            raise ValueError(f"No input device matching {name!r}")
        return {"name": "a microphone"}

    vars(module).update(
        RawInputStream=Stream, PortAudioError=PortAudioError, query_devices=query_devices, present=present
    )
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


def test_what_it_hears_comes_as_bytes(library: types.ModuleType) -> None:
    microphone = Microphone("microphone")
    stream = Stream.newest
    assert (stream.settings["samplerate"], stream.settings["channels"], stream.settings["dtype"]) == (16000, 1, "int16")
    assert microphone.read() == b""
    stream.hear(np.array([1, -2]))
    stream.hear(np.array([300]))
    assert np.frombuffer(microphone.read(), "<i2").tolist() == [1, -2, 300]
    microphone.close()
    assert stream.closed


def test_a_number_chooses_another_one(library: types.ModuleType) -> None:
    Microphone("microphone:3")
    assert Stream.newest.settings["device"] == 3


def test_nothing_is_lost_in_silence(library: types.ModuleType) -> None:
    microphone = Microphone("microphone")
    Stream.newest.hear(np.zeros(160), overflow=True)
    with pytest.raises(SourceLost) as lost:
        microphone.read()
    assert "too busy" in lost.value.what
    microphone = Microphone("microphone")
    for _ in range(2000):
        Stream.newest.hear(np.zeros(160))
    with pytest.raises(SourceLost):
        microphone.read()


def test_one_that_is_unplugged_is_lost(library: types.ModuleType) -> None:
    microphone = Microphone("microphone")
    Stream.newest.active = False
    with pytest.raises(SourceLost) as lost:
        microphone.read()
    assert lost.value.what == "The microphone went away."


def test_what_can_be_wrong_is_said_in_plain_words(library: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert why_no_microphone() == ""
    with pytest.raises(PortError, match="16000 Hz"):
        Microphone("microphone:deaf")
    with pytest.raises(PortError, match="no microphone 'other'"):
        Microphone("microphone:other")
    vars(library)["present"].clear()
    assert "has no microphone" in why_no_microphone()


def importing_raises(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def load(name: str, *rest: Any, **more: Any) -> Any:
        if name == "sounddevice":
            raise error
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", load)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    importing_raises(ImportError("No module named 'sounddevice'"), monkeypatch)
    with pytest.raises(MissingExtra, match=r'pip install "tinyml-workbench\[sound\]"'):
        Microphone("microphone")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the wheel carries PortAudio")
def test_without_portaudio_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    importing_raises(OSError("PortAudio library not found"), monkeypatch)
    with pytest.raises(NotPossible, match="sudo apt-get install libportaudio2"):
        Microphone("microphone")


def test_the_engine_reads_it_like_any_source(library: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    device = Device(Link("microphone"))
    monkeypatch.setattr(device, "now", lambda: now[0])
    engine = CaptureEngine(Link("microphone"), device=device)
    engine.step()
    for _ in range(300):  # three seconds
        now[0] += 0.01
        Stream.newest.hear(np.full(160, 16384))
        engine.step()
    status = engine.status()
    assert status.state is CaptureState.RECEIVING
    assert [one.name for one in status.channels] == ["sound"]
    assert (status.frames, status.declared_hz, status.format) == (48_000, 16_000.0, "16-bit sound")
    assert status.rate_hz == pytest.approx(16_000, rel=1e-3)
    Stream.newest.active = False
    engine.step()
    assert engine.status().message.startswith("The microphone went away.")
    engine.close()
