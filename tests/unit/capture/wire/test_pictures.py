"""Pictures in numbered parts, and several streams on one link, from the simulated board's own framing."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from workbench.capture.simulated_formats import Native
from workbench.capture.simulated_pictures import PictureFormat
from workbench.capture.simulated_sound import SoundFormat
from workbench.capture.wire.detect import AutoDetect
from workbench.capture.wire.native import NativeFrames
from workbench.capture.wire.parser import Counts, Picture
from workbench.capture.wire.picture import MOST_PIXELS, PART_HEADER, PictureParts
from workbench.project.model import Channel

CHANCE = np.random.default_rng(3)
GREY = CHANCE.integers(0, 256, (10, 96, 96, 1)).astype(np.uint8)


def frames(number: int, pixels: np.ndarray | None = None) -> list[bytes]:
    sent = PictureFormat(10.0).picture(GREY[number] if pixels is None else pixels, number)
    return [one + b"\0" for one in sent.split(b"\0")[:-1]]


def seen(data: bytes, cut: int) -> tuple[list[Picture], NativeFrames]:
    parser = NativeFrames()
    pictures = []
    for at in range(0, len(data), cut):
        assert parser.feed(data[at : at + cut]) == []
        pictures += parser.pictures()
    return pictures, parser


@pytest.mark.parametrize("cut", [1, 100, 9000, 1 << 20])
def test_pictures_come_back_however_the_bytes_are_cut(cut: int) -> None:
    pictures, parser = seen(b"boot\0" + b"".join(b"".join(frames(number)) for number in range(3)), cut)
    assert len(pictures) == 3
    for number, picture in enumerate(pictures):
        np.testing.assert_array_equal(picture.pixels, GREY[number])
        assert picture.device_s == pytest.approx(0.1 * number)
    assert (parser.counts.pictures, parser.counts.pictures_lost, parser.counts.frames) == (3, 0, 0)


@pytest.mark.parametrize("missing", [0, 4, 9])
def test_a_missing_part_costs_its_picture_and_no_other(missing: int) -> None:
    damaged = frames(1)
    del damaged[missing]
    pictures, parser = seen(b"".join(frames(0) + damaged + frames(2)), 500)
    assert [int(one.pixels[0, 0, 0]) for one in pictures] == [int(GREY[n][0, 0, 0]) for n in (0, 2)]
    assert (parser.counts.pictures, parser.counts.pictures_lost) == (2, 1)


def test_a_board_that_starts_anew_has_lost_nothing_that_anybody_knows_of() -> None:
    pictures, parser = seen(b"".join(frames(7) + frames(8) + frames(0)), 1 << 16)
    assert len(pictures) == 3
    assert parser.counts.pictures_lost == 0


def test_colours_keep_their_five_and_six_bits() -> None:
    steps = np.array([[[0, 0, 0], [255, 255, 255], [8, 4, 8], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    pictures, _ = seen(b"".join(frames(0, steps)), 99)
    expected = [[0, 0, 0], [255, 255, 255], [255 // 31, 255 // 63, 255 // 31], [255, 0, 0], [0, 255, 0], [0, 0, 255]]
    assert pictures[0].pixels[0].tolist() == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        PART_HEADER.pack(1, 96, 96, 0)[:-1],
        PART_HEADER.pack(9, 96, 96, 0) + b"x",
        PART_HEADER.pack(1, 0, 96, 0) + b"x",
        PART_HEADER.pack(1, 65535, 65535, 0) + b"x",
        PART_HEADER.pack(1, MOST_PIXELS // 8 + 1, 8, 0) + b"x",
        PART_HEADER.pack(1, 2, 2, 0) + b"12345",
    ],
)
def test_parts_that_make_no_sense_are_counted_and_cost_nothing(body: bytes) -> None:
    counts = Counts()
    parts = PictureParts(counts)
    assert parts.add(0, 0.0, body) is None
    assert counts.bad == 1
    assert parts.add(1, 0.0, PART_HEADER.pack(1, 2, 1, 0) + b"ab") is not None


def test_the_format_is_found_by_itself_from_pictures_alone() -> None:
    parser = AutoDetect()
    pictures = []
    for at in range(4):
        for frame in frames(at):
            assert parser.feed(frame) == []
            pictures += parser.pictures()
    assert parser.title == "native frames"
    assert len(pictures) == 4


def test_motion_and_sound_on_one_link_keep_their_channels_rates_and_losses_apart() -> None:
    motion, sound = Native((Channel("ax", "g"), Channel("ay", "g")), 100.0), SoundFormat(16_000.0, 1)
    parser = NativeFrames()
    data = [motion.announce(), sound.announce()]
    for number in range(100):
        data.append(motion.reading((float(number), -1.0), number))
        if number != 50:
            data.append(sound.block(np.full(256, number * 100, np.int16), number))
    rows = [one for piece in data for one in parser.feed(piece)]
    moved = np.concatenate([one.values for one in rows if one.stream == 0])
    heard = np.concatenate([one.values for one in rows if one.stream == 1])
    assert moved[:, 0].tolist() == list(range(100))
    assert heard.shape == (99 * 256, 1)
    assert heard[256, 0] == pytest.approx(100 / 32768)
    assert (parser.lost_of(0), parser.lost_of(1), parser.counts.missing) == (0, 256, 256)
    assert [one.name for one in next(rows.channels for rows in rows if rows.stream == 1)] == ["sound"]
    times = np.concatenate([one.device_s for one in rows if one.stream == 1 and one.device_s is not None])
    assert np.diff(times[:256]) == pytest.approx(1 / 16_000)


def test_the_rows_of_one_read_are_joined_stream_by_stream() -> None:
    motion, sound = Native((Channel("x"),), 100.0), SoundFormat(16_000.0, 1)
    data = motion.announce() + sound.announce()
    for number in range(10):
        data += motion.reading((1.0,), number) + sound.block(np.zeros(256, np.int16), number)
    assert [(one.stream, len(one.values)) for one in NativeFrames().feed(data)] == [(0, 10), (1, 2560)]


def test_a_part_of_the_largest_picture_is_kept_and_nothing_more() -> None:
    counts = Counts()
    parts = PictureParts(counts)
    place = 0
    for _ in range(1000):
        body = PART_HEADER.pack(2, 640, 480, place) + bytes(1015)
        if parts.add(0, 0.0, body) is not None:
            break
        place += 1015
    assert len(parts._stored) <= 2 * MOST_PIXELS
    assert struct.calcsize("<BHHI") == PART_HEADER.size
