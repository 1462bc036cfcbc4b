"""Picture parts in any order, damaged, cut anywhere: nothing raises, grows or comes out that was not sent whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.capture.simulated_pictures import PictureFormat
from workbench.capture.wire.native import NativeFrames
from workbench.capture.wire.parser import Counts
from workbench.capture.wire.picture import LAYOUTS, MOST_PICTURE_BYTES, PART_HEADER, PictureParts

# Inputs of each of the two tests, of those that all test_wire*.py run together (see test_wire.py).
IN_THE_SUITE, NIGHTLY = 175, 6_000
FORMAT = PictureFormat(10.0)


def picture(number: int) -> np.ndarray:
    """A picture that tells its number, larger than one part now and then."""
    side, colours = 1 + number % 40, 1 + 2 * (number % 2)
    return np.full((side, side, colours), number % 32 * 8 * (number % 2) or number % 256, np.uint8)


def check(order: list[int], damage: list[tuple[int, int]], junk: bytes, cut: int) -> None:
    frames = [one + b"\0" for n in range(12) for one in FORMAT.picture(picture(n), n).split(b"\0")[:-1]]
    data = bytearray(b"".join(frames[place % len(frames)] for place in order) + junk)
    for place, byte in damage:
        data[place % len(data) : place % len(data) + 1] = bytes([byte])
    parser = NativeFrames()
    found = []
    for at in range(0, len(data), cut):
        parser.feed(bytes(data[at : at + cut]))
        found += parser.pictures()
    assert parser.counts.pictures == len(found)
    sent = {(one.shape[:2], one.shape[2]) for one in map(picture, range(12))}
    for one in found:
        assert one.pixels.dtype == np.uint8
        assert (one.pixels.shape[:2], one.pixels.shape[2]) in sent
        assert (one.pixels == one.pixels[0, 0]).all(), "no picture is made of parts of two"


ARGUMENTS = (
    st.lists(st.integers(0, 60), min_size=1, max_size=40) | st.just(list(range(40))),
    st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 255)), max_size=3),
    st.binary(max_size=30),
    st.integers(7, 4000),
)
PARTS = st.lists(
    st.tuples(st.integers(0, 65535), st.sampled_from([*LAYOUTS, 0, 4]), st.integers(0, 65535), st.integers(0, 65535))
    | st.tuples(st.integers(0, 2), st.sampled_from(list(LAYOUTS)), st.integers(1, 3), st.integers(1, 3)),
    max_size=30,
)


@settings(max_examples=IN_THE_SUITE, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(*ARGUMENTS)
def test_any_order_and_damage(order: list[int], damage: list[tuple[int, int]], junk: bytes, cut: int) -> None:
    check(order, damage, junk, cut)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@settings(max_examples=NIGHTLY, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(*ARGUMENTS)
def test_any_order_and_damage_at_length(order: list[int], damage: list[tuple[int, int]], junk: bytes, cut: int) -> None:
    check(order, damage, junk, cut)


def check_heads(heads: list[tuple[int, int, int, int]], bodies: list[tuple[int, bytes]]) -> None:
    parts = PictureParts(Counts())
    for (number, layout, width, height), (place, stored) in zip(heads, bodies, strict=False):
        found = parts.add(number, 0.0, PART_HEADER.pack(layout, width, height, place) + stored)
        assert found is None or found.pixels.shape[:2] == (height, width)
        assert len(parts._stored) <= MOST_PICTURE_BYTES


BODIES = st.lists(st.tuples(st.integers(0, 20), st.binary(max_size=20)), min_size=30, max_size=30)


@settings(max_examples=IN_THE_SUITE, deadline=None)
@given(PARTS, BODIES)
def test_any_heads(heads: list[tuple[int, int, int, int]], bodies: list[tuple[int, bytes]]) -> None:
    check_heads(heads, bodies)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@settings(max_examples=NIGHTLY, deadline=None)
@given(PARTS, BODIES)
def test_any_heads_at_length(heads: list[tuple[int, int, int, int]], bodies: list[tuple[int, bytes]]) -> None:
    check_heads(heads, bodies)
