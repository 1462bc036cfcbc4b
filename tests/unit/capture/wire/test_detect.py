"""What a board sends is found out from its first bytes."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.capture import simulated_formats
from workbench.capture.wire.binary import VALUE_KINDS, BinaryFrame
from workbench.capture.wire.detect import AutoDetect
from workbench.capture.wire.detect_binary import find_frame
from workbench.capture.wire.formats import parser_for
from workbench.errors import BadSetting
from workbench.project.model import Channel

TITLES = {
    "lines": "lines",
    "labelled": "label:value",
    "stamped": "time stamped",
    "binary": "binary frames",
    "native": "native",
    "sensiml1": "version 1",
    "sensiml2": "version 2",
}
OF_WORDS = ("lines", "labelled", "stamped")  # that a separator stands between


def waves(channels: int, count: int) -> np.ndarray:
    """A slow wave in every channel, with a little noise."""
    phase = np.arange(count)[:, np.newaxis] / 15 + np.arange(channels)
    noise = np.random.default_rng(3).normal(0, 0.02, (count, channels))
    return np.asarray(np.sin(phase) * 3 + noise, np.float32)


def stream(name: str, channels: int, count: int = 60, separator: str = "comma") -> bytes:
    wire = simulated_formats.FORMATS[name]([Channel(f"c{n}") for n in range(channels)], 100.0, separator)
    return wire.announce() + b"".join(wire.reading(row.tolist(), n) for n, row in enumerate(waves(channels, count)))


@pytest.mark.parametrize("channels", [2, 6, 64])
@pytest.mark.parametrize(
    ("name", "separator"),
    [
        (name, separator)
        for name in TITLES
        for separator in (("comma", "semicolon", "tab", "space") if name in OF_WORDS else ("comma",))
    ],
)
def test_every_format_is_recognised(name: str, channels: int, separator: str) -> None:
    parser = AutoDetect()
    data = stream(name, channels, separator=separator)
    found = [rows for at in range(0, len(data), 200) for rows in parser.feed(data[at : at + 200])]
    assert TITLES[name] in parser.title
    assert len(parser.channels) == channels
    assert sum(len(rows.values) for rows in found) == parser.counts.frames >= 58
    assert parser.counts.bad == 0


def test_boot_text_ahead_of_any_format_does_not_matter() -> None:
    for name, title in TITLES.items():
        parser = AutoDetect()
        parser.feed(b"\r\nboot: reset, clock 64 MHz\r\nready\r\n")
        parser.feed(stream(name, 3, 100))
        assert title in parser.title, name


def test_text_without_readings_is_no_format() -> None:
    parser = AutoDetect()
    assert parser.feed(b"waiting for the sensor\n" * 50) == []
    assert parser.title == ""
    assert parser.counts.text == 50


def test_noise_is_no_format() -> None:
    parser = AutoDetect()
    noise = np.random.default_rng(9).integers(0, 256, 60_000, np.uint8).tobytes()
    assert sum(len(rows.values) for rows in parser.feed(noise)) == 0


def test_after_a_restart_another_format_is_found_and_the_counts_go_on() -> None:
    parser = AutoDetect()
    parser.feed(stream("lines", 3))
    before = parser.counts.frames
    parser.restart()
    assert parser.channels == ()
    parser.feed(stream("native", 2))
    assert "native" in parser.title
    assert parser.counts.frames == before + 60


@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize("kind", VALUE_KINDS)
@pytest.mark.parametrize(
    "parts",
    [
        ("aa 55", "none", "none", "none"),
        ("aa 55", "1 byte", "1 byte", "xor8"),
        ("7e", "2 bytes", "2 bytes", "sum8"),
        ("55 aa", "none", "4 bytes", "crc16"),
        ("c3 3c", "1 byte", "none", "crc32"),
    ],
)
def test_the_layout_of_binary_frames(kind: str, little: bool, parts: tuple[str, str, str, str]) -> None:
    sync, size, sequence, checksum = parts
    layout = BinaryFrame(
        sync=sync, size=size, sequence=sequence, kind=kind, channels=4, little_endian=little, checksum=checksum
    )
    found = find_frame(frames(layout, 120))
    assert found is not None
    assert (found.sync, found.size, found.channels, found.checksum) == (sync, size, 4, checksum)
    assert found.sequence == sequence
    assert found.kind == kind
    assert found.little_endian == little or VALUE_KINDS[kind].endswith("1")


def frames(layout: BinaryFrame, count: int) -> bytes:
    """Frames written byte by byte from their layout."""
    order = "little" if layout.little_endian else "big"
    size = {"none": 0, "1 byte": 1, "2 bytes": 2, "4 bytes": 4}
    largest = {1: 100, 2: 20_000, 4: 1_000_000_000}[int(VALUE_KINDS[layout.kind][1])]
    sent = b""
    for number, row in enumerate(waves(layout.channels, count) / 3.2):
        numbers = row * (1 if layout.kind == "float32" else largest)
        if layout.kind.startswith("u"):
            numbers = numbers + largest * 1.2
        width = size[layout.sequence]
        body = (number % 256**width).to_bytes(width, order) if width else b""
        body += numbers.astype(layout.values_dtype).tobytes()
        width = size[layout.size]
        frame = bytes.fromhex(layout.sync) + (len(body).to_bytes(width, order) if width else b"")
        frame += body
        checksum = simulated_formats.CHECKSUMS[layout.checksum](frame)
        sent += frame + (checksum if order == "little" else checksum[::-1])
    return sent


def test_a_format_can_be_chosen() -> None:
    assert "label" in parser_for("labelled").title
    with pytest.raises(BadSetting, match="morse"):
        parser_for("morse")


def test_a_description_ahead_of_a_flood_is_not_lost() -> None:
    wire = simulated_formats.Native([Channel("x"), Channel("y")], 1000.0)
    data = wire.announce() + b"".join(wire.reading([n, -n], n) for n in range(900)) * 8
    parser = AutoDetect()
    rows = parser.feed(data[:4]) + parser.feed(data[4:])
    assert len(data) > 128 << 10
    assert sum(len(one) for one in rows) == 900 * 8
