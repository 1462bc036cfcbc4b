"""Any bytes, cut anywhere: no parser raises, invents values or grows, and the cuts do not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.capture.wire.delimited import LONGEST_LINE, DelimitedLines
from workbench.capture.wire.parser import MOST_CHANNELS, Rows

# Inputs of the 2,000 in the suite and the 100,000 nightly that all test_wire*.py run together.
IN_THE_SUITE, NIGHTLY = 250, 12_500

NUMBER = st.one_of(
    st.integers(-40_000, 40_000).map(str),
    st.floats(width=32).map(repr),
    st.sampled_from(["", "nan", "1e9", "0x1", "-"]),
)
LINE = st.builds(
    lambda separator, numbers, end: (separator.join(numbers) + end).encode(),
    st.sampled_from([",", ";", "\t", " ", ", "]),
    st.lists(NUMBER, min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n", ""]),
)
TEXT = st.sampled_from([b"Started\r\n", b"a,b,c\n", b"ERR 5\n", b"x (g);y\n", b"\xff\xfe\n", b"\x00", b"\r", b"\n\n"])
STREAM = st.lists(st.one_of(LINE, LINE, TEXT, st.binary(max_size=20)), max_size=30).map(b"".join)
CUTS = st.lists(st.integers(1, 60), min_size=1, max_size=10)


def blocks(data: bytes, cuts: list[int]) -> list[bytes]:
    found, at, turn = [], 0, 0
    while at < len(data):
        found.append(data[at : at + cuts[turn % len(cuts)]])
        at += cuts[turn % len(cuts)]
        turn += 1
    return found


def parse(pieces: list[bytes], cut_start: bool) -> tuple[list[Rows], DelimitedLines]:
    parser = DelimitedLines(cut_start=cut_start)
    rows: list[Rows] = []
    for piece in pieces:
        rows += parser.feed(piece)
        assert len(parser._carry) <= LONGEST_LINE + len(piece)
    return rows + parser.finish(), parser


def check(data: bytes, cuts: list[int], cut_start: bool) -> None:
    whole, parser = parse([data], cut_start)
    for rows in whole:
        assert rows.values.dtype == np.float32
        assert rows.values.shape[1] == len(rows.channels) <= MOST_CHANNELS
        assert np.isfinite(rows.values).all()
    counts = parser.counts
    assert counts.frames == sum(len(rows.values) for rows in whole)
    assert counts.frames + counts.bad + counts.text <= data.count(b"\n") + 1
    pieces, again = parse(blocks(data, cuts), cut_start)
    assert (again.counts.frames, again.counts.bad, again.counts.text) == (counts.frames, counts.bad, counts.text)
    one = [row.tolist() for rows in whole for row in rows.values]
    assert one == [row.tolist() for rows in pieces for row in rows.values]


@settings(max_examples=IN_THE_SUITE, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STREAM, CUTS, st.booleans())
def test_delimited_lines(data: bytes, cuts: list[int], cut_start: bool) -> None:
    check(data, cuts, cut_start)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@settings(max_examples=NIGHTLY, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STREAM, CUTS, st.booleans())
def test_delimited_lines_at_length(data: bytes, cuts: list[int], cut_start: bool) -> None:
    check(data, cuts, cut_start)
