"""The simulated microphone: spoken-like syllables over a hum, and how a sketch frames them.

It shares no code with the parsers, so that neither can hide the other's mistakes.
"""

from __future__ import annotations

import binascii
import json
import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbench.capture.simulated_formats import stuffed
from workbench.project import Channel

SOUND = (Channel("sound", "full scale"),)
RATE_HZ = 16_000.0
BLOCK = 256  # samples in a frame
_HELLO_TYPE, _INT16_TYPE = 1, 2
_SYLLABLE_S = 0.35
_HUM_HZ, _HUM = 100.0, 0.01
_NOISE = 0.004
_PARTIALS = 12
_VOICE = 0.1  # below full scale even where all partials meet


def syllables(rate_hz: float, chance: np.random.Generator) -> Iterator[NDArray[np.int16]]:
    """Sound in blocks of BLOCK samples, int16, without end: voiced syllables of changing pitch and vowel, and rests."""
    waiting = np.zeros(0)
    begun = 0
    while True:
        while len(waiting) < BLOCK:
            waiting = np.concatenate((waiting, _syllable(begun, rate_hz, chance)))
            begun += round(_SYLLABLE_S * rate_hz)
        block, waiting = waiting[:BLOCK], waiting[BLOCK:]
        yield (block.clip(-1, 1) * 32767).astype(np.int16)


def _syllable(begun: int, rate_hz: float, chance: np.random.Generator) -> NDArray[np.float64]:
    """Partials of a pitch that glides, the loudest around one formant; every third one is a rest."""
    count = round(_SYLLABLE_S * rate_hz)
    time = np.arange(count) / rate_hz
    ground = _HUM * np.sin(2 * np.pi * _HUM_HZ * (time + begun / rate_hz)) + chance.normal(0, _NOISE, count)
    if chance.random() < 1 / 3:
        return np.asarray(ground)
    pitch_hz = chance.uniform(110, 240) * (1 + 0.2 * chance.uniform(-1, 1) * time / _SYLLABLE_S)
    formant_hz = chance.uniform(400, 1400)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / rate_hz
    voice = np.zeros(count)
    for partial in range(1, _PARTIALS + 1):
        voice += np.exp(-(((partial * pitch_hz - formant_hz) / 500) ** 2)) * np.sin(partial * phase)
    return np.asarray(ground + _VOICE * np.hanning(count) * voice)


class SoundFormat:
    """Native frames of int16 values, a block each, as stream ``number`` of a link."""

    waits_for = b""

    def __init__(self, rate_hz: float, number: int = 0) -> None:
        channel = {"name": SOUND[0].name, "unit": SOUND[0].unit, "scale": 1 / 32768}
        self._hello = json.dumps({"channels": [channel], "rate": rate_hz}, separators=(",", ":")).encode()
        self._rate_hz = rate_hz
        self._number = number << 4

    def announce(self) -> bytes:
        """The description, after the zero that ends the boot text."""
        return b"\0" + self._frame(_HELLO_TYPE, 0, self._hello)

    def block(self, samples: NDArray[np.int16], number: int) -> bytes:
        """The frame of block ``number``, and about once a second the description."""
        due = number and number % max(1, round(self._rate_hz / BLOCK)) == 0
        hello = self._frame(_HELLO_TYPE, number, self._hello) if due else b""
        return hello + self._frame(_INT16_TYPE, number, samples.astype("<i2").tobytes())

    def _frame(self, kind: int, number: int, body: bytes) -> bytes:
        clock_us = int(number * BLOCK * 1e6 / self._rate_hz) % 2**32
        content = struct.pack("<BHI", self._number | kind, number % 2**16, clock_us) + body
        return stuffed(content + struct.pack("<H", binascii.crc_hqx(content, 0xFFFF))) + b"\0"
