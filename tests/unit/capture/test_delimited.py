"""Delimited lines: what counts as a reading, and what damage costs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from workbench.capture.wire.delimited import LONGEST_LINE, DelimitedLines
from workbench.capture.wire.parser import Rows
from workbench.project.model import Channel


def parse(data: bytes, *, block: int = 1 << 20, cut_start: bool = False) -> tuple[list[Rows], DelimitedLines]:
    parser = DelimitedLines(cut_start=cut_start)
    parts = [parser.feed(data[at : at + block]) for at in range(0, len(data), block)]
    parts.append(parser.finish())
    return [rows for part in parts for rows in part], parser


def values(parts: list[Rows]) -> list[list[float]]:
    return [row for part in parts for row in part.values.tolist()]


@pytest.mark.parametrize("separator", [b",", b", ", b";", b"; ", b"\t", b" ", b"   ", b" ,\t"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n", b" \r\n"])
@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_every_separator_and_line_end_gives_the_same_values(separator: bytes, end: bytes, block: int) -> None:
    written = [[1.0, -2.5, 3e3], [0.0, 0.25, -1e-3], [7.0, 8.0, 9.0], [-1.0, -2.0, -3.0]]
    lines = b"".join(separator.join(repr(value).encode() for value in row) + end for row in written)
    parts, parser = parse(lines, block=block)
    np.testing.assert_array_equal(np.array(values(parts), np.float32), np.array(written, np.float32))
    assert (parser.counts.frames, parser.counts.bad, parser.counts.text) == (4, 0, 0)


def test_a_separator_after_the_last_value_adds_none() -> None:
    parts, parser = parse(b"1,2,\n3,4,\n5,6,\n")
    assert values(parts) == [[1, 2], [3, 4], [5, 6]]
    assert parser.counts.bad == 0


@pytest.mark.parametrize("count", [1, 2, 64, 256])
def test_any_number_of_channels(count: int) -> None:
    row = ",".join(str(n) for n in range(count)).encode()
    parts, _ = parse((row + b"\n") * 5)
    assert values(parts) == [[float(n) for n in range(count)]] * 5


def test_the_first_line_of_numbers_from_an_open_stream_is_thrown_away() -> None:
    parts, parser = parse(b"5,2\n10.5,2\n11.5,3\n", cut_start=True)
    assert values(parts) == [[10.5, 2], [11.5, 3]]
    assert parser.counts.bad == 0


def test_a_header_names_the_channels_and_its_brackets_the_units() -> None:
    parts, parser = parse(b"boot v1.2\r\nax (g),temp [\xc2\xb0C],rate\r\n1,2,3\r\n", cut_start=True)
    assert parts == []  # the only line of numbers may have been cut
    parts, parser = parse(b"boot v1.2\r\nax (g),temp [\xc2\xb0C],rate\r\n1,2,3\r\n")
    assert parts[0].channels == (Channel("ax", "g"), Channel("temp", "°C"), Channel("rate"))
    assert values(parts) == [[1, 2, 3]]
    assert parser.counts.text == 2


@pytest.mark.parametrize("header", [b"a b c", b"a\tb\tc", b"a;b;c", b'"a","b","c"'])
def test_headers_in_other_forms(header: bytes) -> None:
    parts, _ = parse(header + b"\n1 2 3\n4 5 6\n")
    assert [channel.name for channel in parts[0].channels] == ["a", "b", "c"]


def test_text_is_counted_skipped_and_kept_for_the_console() -> None:
    parts, parser = parse(
        b"Started\n1,2\n3,4\nERR 5: bus\x07 error \xff\n5,6\nrst:0x1 (POWERON_RESET),boot:0x13\n7,8\n"
    )
    assert values(parts) == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert (parser.counts.text, parser.counts.bad) == (3, 0)
    assert list(parser.counts.last_text) == [
        "Started",
        r"ERR 5: bus\x07 error \xff",
        "rst:0x1 (POWERON_RESET),boot:0x13",
    ]


@pytest.mark.parametrize(
    "damaged",
    [b"1,2", b"1,2,3,4", b"1,,3", b"1,2,", b"1.2.3,2,3", b"1,2,0x10", b"1,\xff\xfe2,3", b"1\x002,2,3", b"1,2_0,3"],
)
def test_a_damaged_line_costs_itself_only(damaged: bytes) -> None:
    lines = [b"%d,%d,%d" % (n, n + 1, n + 2) for n in range(100)]
    lines[57] = damaged
    parts, parser = parse(b"\n".join(lines) + b"\n")
    assert values(parts) == [[n, n + 1, n + 2] for n in range(100) if n != 57]
    assert (parser.counts.frames, parser.counts.bad, parser.counts.text) == (99, 1, 0)


@pytest.mark.parametrize("word", [b"nan", b"-nan", b"inf", b"-INF", b"ovf", b"1e99"])
def test_readings_that_are_not_finite_are_left_out_and_counted(word: bytes) -> None:
    parts, parser = parse(b"1,2\n3,4\n5," + word + b"\n7,8\n")
    assert values(parts) == [[1, 2], [3, 4], [7, 8]]
    assert (parser.counts.bad, parser.counts.text) == (1, 0)
    assert parser.counts.not_finite == (word != b"ovf")


def test_a_change_of_the_channel_count_is_believed_after_some_lines() -> None:
    parts, parser = parse(b"1,2,3\n" * 20 + b"4,5\n" * 20)
    assert [part.values.shape for part in parts] == [(20, 3), (20, 2)]
    assert parser.counts.bad == 0
    assert len(parser.channels) == 0  # finished: the next source may be another board


def test_two_values_that_swap_places_with_three_for_a_moment_are_damage() -> None:
    parts, parser = parse(b"1,2,3\n" * 5 + b"4,5\n" * 7 + b"1,2,3\n" * 5)
    assert [part.values.shape for part in parts] == [(10, 3)]
    assert parser.counts.bad == 7


def test_a_megabyte_without_a_line_end_takes_no_memory_and_one_line() -> None:
    parser = DelimitedLines(cut_start=False)
    parser.feed(b"1,2\n3,4\n")
    for _ in range(256):
        assert parser.feed(b"7" * 4096) == []
        assert len(parser._carry) <= LONGEST_LINE + 4096
    assert parser.counts.bad == 1
    assert values(parser.feed(b"7\n5,6\n")) == [[5, 6]]
    assert parser.counts.bad == 1


def test_a_broken_connection_forgets_the_half_line() -> None:
    parser = DelimitedLines(cut_start=False)
    parser.feed(b"1,2\n3,4\n5,")
    parser.restart()
    assert parser.feed(b"66\n7,8\n9,10\n")[0].values.tolist() == [[7, 8], [9, 10]]
    assert parser.counts.bad == 0


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("ei_forwarder_comma_crlf.log", None),
        ("ei_forwarder_tab_started.log", None),
        ("plotter_header_then_values.log", ["accX", "accY", "accZ", "gyrX", "gyrY", "gyrZ"]),
    ],
)
def test_recorded_streams_give_the_expected_values(shared: Path, name: str, cut: list[str] | None) -> None:
    folder = shared / "data" / "serial_fixtures" / "derived"
    expected = np.array(json.loads((folder / "expected.json").read_text())["rows"], np.float32)
    parts, parser = parse((folder / name).read_bytes(), block=100)
    found = np.concatenate([part.values for part in parts])
    assert len(found) == 120
    np.testing.assert_array_equal(found, expected[:120])
    assert parser.counts.bad == 0
    if cut is not None:
        assert [channel.name for channel in parts[0].channels] == cut


def test_a_log_with_blank_lines_between_gestures(shared: Path) -> None:
    log = shared / "data" / "serial_fixtures" / "derived" / "arduino_gesture_header_blank_between.csv"
    parts, parser = parse(log.read_bytes())
    assert [channel.name for channel in parts[0].channels] == ["aX", "aY", "aZ", "gX", "gY", "gZ"]
    assert (parser.counts.frames, parser.counts.bad) == (357, 0)
