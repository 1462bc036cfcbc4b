"""Binary and native frames: what the simulated board writes comes back, and damage costs no more than itself."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from workbench.capture import simulated_formats
from workbench.capture.simulated_formats import Binary, Native, SimpleStream, stuffed
from workbench.capture.wire import simple_stream
from workbench.capture.wire.binary import BinaryFrame, BinaryFrames
from workbench.capture.wire.checksums import crc16, crc32
from workbench.capture.wire.cobs import decode
from workbench.capture.wire.native import NativeFrames
from workbench.capture.wire.parser import Rows, WireParser
from workbench.errors import BadSetting
from workbench.project.model import Channel

CHANNELS = tuple(Channel(name, "g") for name in ("ax", "ay", "az"))
COUNT = 500


def readings(channels: int = 3, count: int = COUNT) -> np.ndarray:
    return np.random.default_rng(7).normal(0, 2, (count, channels)).astype(np.float32)


def written(wire: simulated_formats.WireFormat, values: np.ndarray) -> list[bytes]:
    return [wire.announce(), *(wire.reading(row.tolist(), number) for number, row in enumerate(values))]


def parsed(parser: WireParser, data: bytes, block: int = 4096) -> tuple[np.ndarray, list[Rows]]:
    rows = [rows for at in range(0, len(data), block) for rows in parser.feed(data[at : at + block])]
    rows += parser.finish()
    return np.concatenate([one.values for one in rows]), rows


def frame_of(channels: int, checksum: str) -> BinaryFrame:
    sized = "1 byte" if 1 + 4 * channels < 256 else "none"
    return BinaryFrame(size=sized, sequence="1 byte", kind="float32", channels=channels, checksum=checksum)


@pytest.mark.parametrize("block", [1, 17, 1 << 16])
@pytest.mark.parametrize("checksum", ["none", "xor8", "sum8", "crc16", "crc32"])
@pytest.mark.parametrize("channels", [1, 3, 64])
def test_binary_frames_come_back(channels: int, checksum: str, block: int) -> None:
    values = readings(channels, 60)
    data = b"".join(written(Binary([Channel("a")] * channels, 100, checksum), values))
    parser = BinaryFrames(frame_of(channels, checksum))
    found, _ = parsed(parser, data[3:] if checksum != "none" else data, block)
    # Without a checksum the last frame has none behind it to confirm it only if it stands alone.
    np.testing.assert_array_equal(found, values[1:] if checksum != "none" else values)
    assert (parser.counts.bad, parser.counts.missing) == (0, 0)


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        (BinaryFrame(sync="7E", kind="uint8", channels=2), [[1, 2], [3, 255]]),
        (BinaryFrame(sync="7E", kind="int8", channels=2), [[1, 2], [3, -1]]),
        (BinaryFrame(sync="7E", kind="uint16", channels=1, little_endian=False), [[0x0102], [0x03FF]]),
        (BinaryFrame(sync="7E", kind="int16", channels=1), [[0x0201], [0xFF03 - 0x10000]]),
    ],
)
def test_value_types_and_byte_orders(layout: BinaryFrame, expected: list[list[float]]) -> None:
    found, _ = parsed(BinaryFrames(layout), b"\x7e\x01\x02\x7e\x03\xff" * 3)
    assert found.tolist() == expected * 3


def test_the_size_may_count_the_whole_frame_and_the_checksum_may_leave_out_the_sync() -> None:
    layout = BinaryFrame(
        sync="55", size="2 bytes", size_counts="frame", kind="uint8", channels=2, checksum="sum8", little_endian=False
    )
    after_sync = BinaryFrame(**{**vars(layout), "checksum_covers": "after sync"})
    payload = BinaryFrame(**{**vars(layout), "checksum_covers": "payload"})
    head = b"\x55\x00\x06\x01\x02"
    for one, checksum in [(layout, 0x55 + 9), (after_sync, 9), (payload, 3)]:
        found, _ = parsed(BinaryFrames(one), (head + bytes([checksum])) * 2)
        assert found.tolist() == [[1, 2]] * 2


def test_impossible_layouts_are_refused() -> None:
    with pytest.raises(BadSetting, match="sync"):
        BinaryFrames(BinaryFrame(sync="hello"))
    with pytest.raises(BadSetting, match="does not fit"):
        BinaryFrames(BinaryFrame(size="1 byte", kind="float32", channels=64))
    with pytest.raises(BadSetting):
        BinaryFrames(BinaryFrame(kind="float64"))


@pytest.mark.parametrize("name", ["binary", "native"])
def test_damage_is_counted_and_costs_only_the_frames_it_hits(name: str) -> None:
    values = readings()
    binary = name == "binary"
    wire = Binary(CHANNELS, 100) if binary else Native(CHANNELS, 100)
    frames = written(wire, values)
    flipped = bytearray(frames[100])
    flipped[8] ^= 0x11
    frames[100] = bytes(flipped)
    frames[200] = frames[200][:7]  # the end is missing: the native frame runs into the hello that follows
    frames[300] = b""
    frames[400] += b"noise\x01\xfe" + (b"" if binary else b"\0")
    parser: WireParser = BinaryFrames(frame_of(3, "crc16")) if binary else NativeFrames()
    found, _ = parsed(parser, b"".join(frames), 999)
    lost = [99, 199, 299]
    np.testing.assert_array_equal(found, np.delete(values, lost, axis=0))
    counts = parser.counts
    assert counts.frames == len(found)
    assert counts.missing == len(lost)
    assert counts.sequence_gaps == 3
    assert counts.bad >= 3
    assert counts.checksum_errors >= 1


@pytest.mark.parametrize("block", [1, 50, 1 << 16])
@pytest.mark.parametrize(("channels", "scale"), [(1, None), (3, 0.001), (64, None), (64, 0.001), (256, None)])
def test_native_frames_come_back(channels: int, scale: float | None, block: int) -> None:
    described = [Channel(f"c{n}", "m/s²") for n in range(channels)]
    values = readings(channels, 60)
    parser = NativeFrames()
    found, rows = parsed_before_finish(parser, b"".join(written(Native(described, 50, scale), values)), block)
    if scale is None:
        np.testing.assert_array_equal(found, values)
    else:
        np.testing.assert_allclose(found, values, atol=0.51 * scale)
    assert parser.channels == tuple(described)
    assert parser.declared_hz == 50
    times = np.concatenate([one.device_s for one in rows if one.device_s is not None])
    np.testing.assert_allclose(np.diff(times), 1 / 50, atol=1e-6)
    assert (parser.counts.bad, parser.counts.missing) == (0, 0)


def parsed_before_finish(parser: WireParser, data: bytes, block: int) -> tuple[np.ndarray, list[Rows]]:
    rows = [rows for at in range(0, len(data), block) for rows in parser.feed(data[at : at + block])]
    return np.concatenate([one.values for one in rows]), rows


def test_several_readings_in_a_native_frame_share_out_its_time() -> None:
    wire = Native([Channel("sound")], 16_000, 1.0)
    block = b"".join(number.to_bytes(2, "little") for number in range(1000))
    data = wire.announce() + wire._frame(2, 0, block) + wire._frame(2, 1, block[:80])
    found, rows = parsed_before_finish(NativeFrames(), data, 1 << 16)
    assert found[:, 0].tolist() == [*range(1000), *range(40)]
    assert rows[0].device_s is not None
    np.testing.assert_allclose(np.diff(rows[0].device_s[:1000]), 1 / 16_000)


def test_the_device_clock_wraps_around_and_falls_at_a_restart() -> None:
    parser = NativeFrames()
    wire = Native(CHANNELS, 100)
    parser.feed(wire.announce())
    clocks = [2**32 - 20_000, 2**32 - 10_000, 0, 10_000, 100]
    frames = b"".join(
        stuffed(content + crc16(np.frombuffer(content, np.uint8)[np.newaxis])[0].tobytes()) + b"\0"
        for content in (
            b"\x03" + bytes([n, 0]) + clock.to_bytes(4, "little") + bytes(12) for n, clock in enumerate(clocks)
        )
    )
    (rows,) = parser.feed(frames)
    assert rows.device_s is not None
    np.testing.assert_allclose(rows.device_s, [0, 0.01, 0.02, 0.03, 0.0201], atol=1e-9)


def test_a_hello_with_other_channels_divides_the_readings() -> None:
    first, second = Native(CHANNELS, 100), Native([Channel("t", "°C")], 10)
    data = b"".join(written(first, readings(3, 20)) + written(second, readings(1, 20)))
    rows = NativeFrames().feed(data)
    assert [one.values.shape for one in rows] == [(20, 3), (20, 1)]
    assert rows[1].channels == (Channel("t", "°C"),)


def test_boot_text_among_binary_frames_is_text() -> None:
    frames = written(Binary(CHANNELS, 100), readings(3, 40))
    frames[20] += b"boot: reset\r\nready\r\n"
    parser = BinaryFrames(frame_of(3, "crc16"))
    found, _ = parsed(parser, b"".join(frames))
    assert (len(found), parser.counts.bad, parser.counts.text) == (40, 0, 2)
    assert "ready" in parser.counts.last_text[-1]


def test_a_simple_stream_that_starts_anew_is_understood_again() -> None:
    for version in (1, 2):
        wire = SimpleStream(CHANNELS, 100, version)
        data = b"".join(written(wire, readings(3, 40)))
        parser = simple_stream.SimpleStream()
        found, _ = parsed(parser, data + data, 33)
        assert len(found) == 80
        assert parser.counts.bad == 0


def test_a_simple_stream_may_describe_itself_anew_with_other_channels() -> None:
    first, second = SimpleStream(CHANNELS, 100, 2), SimpleStream(CHANNELS[:2], 50, 2)
    data = b"".join(written(first, readings(3, 40)) + written(second, readings(2, 40)))
    parser = simple_stream.SimpleStream()
    assert [one.values.shape[1] for one in parser.feed(data)] == [3, 2]
    assert parser.declared_hz == 50


def test_cobs_against_the_rule_byte_by_byte() -> None:
    chance = random.Random(5)
    for length in (1, 5, 253, 254, 255, 600):
        contents = [bytes(chance.choice([0, 1, 255]) for _ in range(length)) for _ in range(20)]
        contents += [bytes([7]) * length, bytes(length)]
        for content in contents:
            sent = np.frombuffer(stuffed(content), np.uint8)[np.newaxis]
            assert 0 not in sent
            ((_, frames),) = decode(sent)
            assert frames[0].tobytes() == content


def test_checksums_against_published_check_values() -> None:
    digits = np.frombuffer(b"123456789", np.uint8)[np.newaxis]
    assert crc16(digits)[0] == 0x29B1
    assert crc32(digits)[0] == 0xCBF43926


def test_the_sending_side_shares_no_code_with_the_parsers() -> None:
    source = Path(simulated_formats.__file__).read_text(encoding="utf-8")
    assert "wire" not in source.replace("WireFormat", "").replace("every wire format", "")
