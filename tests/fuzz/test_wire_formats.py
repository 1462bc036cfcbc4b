"""Any bytes, cut anywhere: no parser of any format raises, invents values or grows, and the cuts do not matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.capture import simulated_formats
from workbench.capture.wire.binary import BinaryFrame, BinaryFrames
from workbench.capture.wire.detect import AutoDetect
from workbench.capture.wire.labelled import LabelledLines
from workbench.capture.wire.native import NativeFrames
from workbench.capture.wire.parser import MOST_CHANNELS, WireParser
from workbench.capture.wire.simple_stream import SimpleStream
from workbench.capture.wire.stamped import StampedLines
from workbench.project.model import Channel

CHANNELS = (Channel("a", "g"), Channel("b"))
FRAME = BinaryFrame(size="1 byte", sequence="1 byte", kind="float32", channels=2, checksum="crc16")
UNCHECKED = BinaryFrame(kind="int16", channels=2)
PARSERS: dict[str, tuple[Callable[[], WireParser], str]] = {
    "labelled": (LabelledLines, "labelled"),
    "stamped": (StampedLines, "stamped"),
    "binary": (lambda: BinaryFrames(FRAME), "binary"),
    "binary without a checksum": (lambda: BinaryFrames(UNCHECKED), "binary"),
    "native": (NativeFrames, "native"),
    "sensiml1": (SimpleStream, "sensiml1"),
    "sensiml2": (SimpleStream, "sensiml2"),
}
# Inputs of each parser and of detection, of those that all test_wire*.py run together (see test_wire.py).
IN_THE_SUITE, NIGHTLY = 175, 9_500
MOST_KEPT = 64 << 10

VALUE = st.floats(-300, 300, width=32)
HOSTILE = st.sampled_from(
    [
        b"\0",
        b"\xff",
        b"\xaa\x55",
        b"a:nan,b:inf\n",
        b"a:,b:1\n",
        b":1\n",
        b"12:00:00.000 -> \n",
        b"12:00:00.000 -> 1,2\n",
        b'{"sample_rate":1e999,"samples_per_packet":1,"column_location":{}}\n',
        b'{"sample_rate":9,"samples_per_packet":1,"column_location":{"x":0},"version":[]}\n',
        simulated_formats.stuffed(b"\x01" + bytes(6) + b"[[[[") + b"\0",
    ]
)


def stream(name: str) -> st.SearchStrategy[bytes]:
    """Readings in a format with anything between them, some bytes changed."""

    def put_together(pieces: list[tuple[float, float] | bytes], damage: list[tuple[int, int]]) -> bytes:
        wire = simulated_formats.FORMATS[PARSERS[name][1]](CHANNELS, 100.0, "comma")
        data = bytearray(wire.announce())
        for number, piece in enumerate(pieces):
            data += piece if isinstance(piece, bytes) else wire.reading(piece, number)
        for place, byte in damage:
            data[place % len(data) if data else 0 : place % len(data) + 1 if data else 0] = bytes([byte])
        return bytes(data)

    reading = st.tuples(VALUE, VALUE)
    pieces = st.lists(st.one_of(reading, reading, reading, HOSTILE, st.binary(max_size=20)), max_size=30)
    return st.builds(put_together, pieces, st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=3))


def parsed(name: str, pieces: list[bytes]) -> tuple[list[list[float]], WireParser]:
    parser = PARSERS[name][0]()
    rows = []
    for piece in pieces:
        rows += parser.feed(piece)
        parser.reply()
    rows += parser.finish()
    for one in rows:
        assert one.values.dtype == np.float32
        assert one.values.shape[1] == len(one.channels) <= MOST_CHANNELS
        assert np.isfinite(one.values).all()
        assert one.device_s is None or len(one.device_s) == len(one.values)
    assert parser.counts.frames == sum(len(one.values) for one in rows)
    return [row.tolist() for one in rows for row in one.values], parser


def check(name: str, data: bytes, cut: int) -> None:
    whole, _ = parsed(name, [data])
    pieces, _ = parsed(name, [data[at : at + cut] for at in range(0, len(data), cut)])
    assert whole == pieces


@pytest.mark.parametrize("name", PARSERS)
def test_any_bytes(name: str) -> None:
    @settings(max_examples=IN_THE_SUITE, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(stream(name), st.integers(1, 60))
    def any_bytes(data: bytes, cut: int) -> None:
        check(name, data, cut)

    any_bytes()


def check_detection(pieces: list[bytes]) -> None:
    parser = AutoDetect()
    rows = [rows for piece in pieces for rows in parser.feed(piece)] + parser.finish()
    assert all(np.isfinite(one.values).all() and one.values.shape[1] == len(one.channels) for one in rows)
    assert parser.counts.frames == sum(len(one.values) for one in rows)


ANY_STREAM = st.lists(st.sampled_from(list(PARSERS)).flatmap(stream), max_size=3)


@settings(max_examples=IN_THE_SUITE, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_STREAM)
def test_detection(pieces: list[bytes]) -> None:
    check_detection(pieces)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@settings(max_examples=NIGHTLY - 500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_STREAM)
def test_detection_at_length(pieces: list[bytes]) -> None:
    check_detection(pieces)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PARSERS)
def test_any_bytes_at_length(name: str) -> None:
    @settings(max_examples=NIGHTLY, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(stream(name), st.integers(1, 60))
    def any_bytes(data: bytes, cut: int) -> None:
        check(name, data, cut)

    any_bytes()


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("byte", [b"x", b"\xaa", b"\xff", b"{"])
def test_a_megabyte_of_one_byte_is_not_kept(name: str, byte: bytes) -> None:
    parser = PARSERS[name][0]()
    for _ in range(16):
        assert parser.feed(byte * MOST_KEPT) == []
    kept = [value for value in vars(parser).values() if isinstance(value, bytes)]
    assert sum(map(len, kept)) <= 2 * MOST_KEPT
