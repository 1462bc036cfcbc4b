"""A settled format is given up when the board turns out to send another one, and only then."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from workbench.capture import simulated_formats
from workbench.capture.wire.alignment import AlignedReadings
from workbench.capture.wire.detect import AutoDetect
from workbench.capture.wire.parser import Rows
from workbench.capture.wire.simple_stream import CONNECT, DISCONNECT
from workbench.project.model import Channel

CHANNELS = [Channel(f"c{n}") for n in range(3)]
TITLES = {
    "lines": "lines, comma",
    "labelled": "label:value",
    "stamped": "time stamped",
    "binary": "binary frames",
    "native": "native",
    "sensiml1": "version 1",
    "sensiml2": "version 2",
}
BOOT = b"\r\nboot: reset, clock 64 MHz\r\nIMU found at 0x6A\r\nready\r\n"


def stream(name: str, count: int = 100, seed: int = 1) -> bytes:
    wire = simulated_formats.FORMATS[name](CHANNELS, 100.0, "comma")
    phase = np.arange(count)[:, np.newaxis] / 15 + np.arange(len(CHANNELS))
    values = np.sin(phase) * 3 + np.random.default_rng(seed).normal(0, 0.02, phase.shape)
    return wire.announce() + b"".join(wire.reading(row.tolist(), n) for n, row in enumerate(values))


def feed(parser: AutoDetect, data: bytes, block: int = 120) -> list[Rows]:
    return [rows for at in range(0, len(data), block) for rows in parser.feed(data[at : at + block])]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *itertools.pairwise([*TITLES, "lines"]),
        *itertools.pairwise(["sensiml2", "native", "sensiml1", "binary", "lines", "native", "labelled", "lines"]),
    ],
)
def test_other_firmware_while_the_port_is_open(first: str, second: str) -> None:
    parser = AutoDetect()
    feed(parser, stream(first))
    assert TITLES[first] in parser.title
    understood = parser.counts.frames
    assert parser.counts.other_formats == 0
    rows = feed(parser, BOOT + stream(second, 200))
    assert TITLES[second] in parser.title
    assert parser.counts.other_formats == ("sensiml" not in first or "sensiml" not in second)
    assert sum(len(one) for one in rows) == parser.counts.frames - understood > 180
    assert len(parser.channels) == 3


@pytest.mark.parametrize("name", TITLES)
def test_a_board_that_starts_anew_is_still_the_same(name: str) -> None:
    parser = AutoDetect()
    feed(parser, stream(name) + (BOOT + stream(name)) * 3)
    assert parser.counts.other_formats == 0
    assert parser.counts.frames > 380


@pytest.mark.parametrize("name", TITLES)
def test_noise_never_makes_another_format_of_it(name: str) -> None:
    parser = AutoDetect()
    feed(parser, stream(name))
    feed(parser, np.random.default_rng(5).integers(0, 256, 12_000, np.uint8).tobytes(), 500)
    assert TITLES[name] in parser.title
    assert parser.counts.other_formats == 0


def test_lines_that_stand_in_frames_by_chance_settle_nothing() -> None:
    counting = [Channel(f"c{n}") for n in range(20)]
    wire = simulated_formats.Native(counting, 100.0, 1.0)
    frames = wire.announce() + b"".join(wire.reading(np.arange(20) + 20 * n, n) for n in range(800))
    data = frames + b"\n5\n6\n7\n8\n\0" + frames
    parser = AutoDetect()
    rows = parser.feed(data)
    assert "native" in parser.title
    assert sum(len(one) for one in rows) == 1600
    assert parser.counts.other_formats == 0


def test_text_between_the_readings_is_no_reason() -> None:
    parser = AutoDetect()
    feed(parser, stream("lines"))
    feed(parser, b"calibrating, keep the board still: 1 of 2\n" * 400 + b"12\n13\n" + stream("lines"))
    assert parser.title == "lines, comma"
    assert parser.counts.other_formats == 0


def test_numbers_in_a_boot_log_do_not_settle_it_for_good() -> None:
    parser = AutoDetect()
    feed(parser, b"boot\r\n64\r\n128\r\n256\r\nready\r\n")
    assert parser.title == "lines"
    feed(parser, stream("native"))
    assert "native" in parser.title
    assert len(parser.channels) == 3


def wave(count: int) -> np.ndarray:
    """Readings of three channels of their own height, as int16 values."""
    phase = np.arange(count)[:, np.newaxis] / 15 + np.arange(3)
    noise = np.random.default_rng(2).normal(0, 6, phase.shape)
    return np.asarray(np.sin(phase) * 400 + (0, 1000, -3000) + noise, "<i2")


@pytest.mark.parametrize("foreign", [0, 1, 5, 6, 7, 24, 31])
@pytest.mark.parametrize("lost", [0, 1, 3, 4])
def test_bare_values_are_realigned_after_noise(foreign: int, lost: int) -> None:
    readings = AlignedReadings(3)
    before, after = wave(400).tobytes(), wave(800)[400:].tobytes()
    noise = np.random.default_rng(foreign).integers(0, 256, foreign, np.uint8).tobytes()
    data = before + noise + after[lost:]
    values = np.concatenate([readings.feed(data[at : at + 40]) for at in range(0, len(data), 40)] + [readings.finish()])
    np.testing.assert_array_equal(values[-380:], wave(800)[-380:])
    assert readings.realigned == ((foreign - lost) % 6 != 0)


def test_a_knock_on_the_sensor_is_kept() -> None:
    readings = AlignedReadings(3)
    values = wave(600)
    values[300:303] += 9000
    values[400:] = np.random.default_rng(1).integers(-20_000, 20_000, (200, 3))
    got = np.concatenate([readings.feed(values.tobytes()), readings.finish()])
    np.testing.assert_array_equal(got, values)
    assert (readings.damaged, readings.realigned) == (0, 0)


@pytest.mark.parametrize("name", ["sensiml1", "sensiml2"])
def test_a_stream_that_is_under_way_is_told_to_describe_itself(name: str) -> None:
    parser = AutoDetect()
    whole = stream(name, 400)
    middle = whole[whole.index(b"\n") + 31 :]
    replies = b""
    for at in range(0, len(middle), 60):
        parser.feed(middle[at : at + 60])
        replies += parser.reply()
    assert replies.startswith(DISCONNECT)
    assert replies.count(DISCONNECT) < 12
    description, _, values = stream(name).partition(b"\n")
    feed(parser, (description + b"\n") * 2 + values)
    assert TITLES[name] in parser.title
    assert parser.reply() == CONNECT


@pytest.mark.parametrize("sent", [stream("lines"), BOOT * 20, bytes(2000), np.random.default_rng(1).bytes(4000)])
def test_nothing_else_is_told_to_stop(sent: bytes) -> None:
    parser = AutoDetect()
    for at in range(0, len(sent), 60):
        parser.feed(sent[at : at + 60])
        assert parser.reply() == b""
