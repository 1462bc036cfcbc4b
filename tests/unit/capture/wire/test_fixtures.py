"""The recordings beside the checkout, in every wire format: exactly the values that are expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.capture.wire.delimited import DelimitedLines
from workbench.capture.wire.labelled import LabelledLines
from workbench.capture.wire.parser import WireParser
from workbench.capture.wire.simple_stream import CONNECT, SimpleStream
from workbench.capture.wire.stamped import StampedLines

LINES = 120
TEXT: list[tuple[str, Any, bool, int]] = [
    ("ei_forwarder_comma_crlf.log", DelimitedLines, False, LINES),
    ("ei_forwarder_tab_started.log", DelimitedLines, False, LINES),
    ("plotter_header_then_values.log", DelimitedLines, True, LINES),
    ("plotter_label_value.log", LabelledLines, True, LINES),
    ("plotter_label_space_tab.log", LabelledLines, True, LINES),
    ("ide_timestamped.log", StampedLines, False, LINES),
]
GESTURES = "arduino_gesture_header_blank_between.csv"
NUMBERED = [f"channel {n}" for n in range(1, 7)]


@pytest.fixture(scope="module")
def derived(shared: Path) -> Path:
    return shared / "data/serial_fixtures/derived"


@pytest.fixture(scope="module")
def expected(derived: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((derived / "expected.json").read_text())
    return found


def parsed(parser: WireParser, data: bytes, block: int) -> tuple[np.ndarray, list[str]]:
    rows = [rows for at in range(0, len(data), block) for rows in parser.feed(data[at : at + block])]
    names = [channel.name for channel in parser.channels]
    rows += parser.finish()
    return np.concatenate([one.values for one in rows]), names


@pytest.mark.parametrize("block", [1, 13, 64, 1 << 16])
@pytest.mark.parametrize("case", TEXT)
def test_text(derived: Path, expected: dict[str, Any], case: tuple[str, Any, bool, int], block: int) -> None:
    file, make, named, lines = case
    parser = make(cut_start=False)
    values, names = parsed(parser, (derived / file).read_bytes(), block)
    wanted = np.array(expected["rows"], np.float32)[:lines]
    assert len(values) == lines
    np.testing.assert_array_equal(values, wanted)
    assert names == (expected["names"] if named else NUMBERED)
    assert parser.counts.bad == 0


@pytest.mark.parametrize("block", [1, 13, 64, 1 << 16])
@pytest.mark.parametrize("version", [1, 2])
def test_simple_stream(derived: Path, expected: dict[str, Any], version: int, block: int) -> None:
    parser = SimpleStream()
    data = (derived / f"sensiml_ssi_v{version}.bin").read_bytes()
    values, names = parsed(parser, data, block)
    np.testing.assert_array_equal(values, np.array(expected["int16_rows"], np.float32))
    assert len(names) == 6
    assert parser.counts.bad == parser.counts.missing == parser.counts.checksum_errors == 0


def test_simple_stream_asks_for_the_stream_and_knows_the_rate(derived: Path, expected: dict[str, Any]) -> None:
    parser = SimpleStream()
    parser.feed((derived / "sensiml_ssi_v2.bin").read_bytes()[:300])
    assert parser.reply() == CONNECT
    assert parser.reply() == b""
    assert parser.declared_hz == round(1000 / expected["interval_ms"])


@pytest.mark.parametrize("block", [1, 64, 1 << 16])
def test_gestures_with_blank_lines_between(derived: Path, expected: dict[str, Any], block: int) -> None:
    values, names = parsed(DelimitedLines(cut_start=False), (derived / GESTURES).read_bytes(), block)
    wanted = np.array(expected["rows"], np.float32)  # the file goes on
    np.testing.assert_array_equal(values[: len(wanted)], wanted)
    assert names == [name.replace("acc", "a").replace("gyr", "g") for name in expected["names"]]


def test_no_entry_and_no_file_is_left_out(derived: Path, expected: dict[str, Any]) -> None:
    assert set(expected) == {"rows", "int16_rows", "names", "interval_ms"}
    covered = {file for file, *_ in TEXT} | {GESTURES} | {f"sensiml_ssi_v{version}.bin" for version in (1, 2)}
    on_a_wire = {path.name for path in derived.iterdir()} - {"expected.json", "ei_acquisition_6axis.cbor"}  # a file's
    assert on_a_wire == covered
