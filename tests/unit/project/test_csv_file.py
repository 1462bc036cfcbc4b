"""Delimited text in its many dresses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.errors import BadFile
from workbench.project import Channel
from workbench.project.importers import ImportedRecording, ImportOptions, LabelledRows
from workbench.project.importers.csv_file import read

WITH_RATE = ImportOptions(rate_hz=100.0)
VALUES = [[-0.5, 1.25, 9.81], [0.0, -2.5, 9.75], [3e-2, 4.0, 9.5], [1.0, 2.0, 3.0]]


@pytest.fixture
def read_text(tmp_path: Path):
    def write_and_read(text: str | bytes, options: ImportOptions = WITH_RATE) -> list[ImportedRecording]:
        path = tmp_path / "walk.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(path, options)

    return write_and_read


def lines(separator: str, decimal: str = ".", end: str = "\n") -> str:
    return "".join(separator.join(f"{v:g}".replace(".", decimal) for v in row) + end for row in VALUES)


@pytest.mark.parametrize(
    "text",
    [
        lines(","),
        lines(", "),
        lines(";"),
        lines(";", ","),
        lines("; ", ","),
        lines("\t"),
        lines("\t", ","),
        lines(" "),
        lines("   "),
        lines("  ", ","),
        lines("|"),
        lines(",", end="\r\n"),
        lines(",", end=",\n"),  # an empty column at the end
        lines(",", end="\n\n"),  # a blank line after each row
        "x,y,z\n" + lines(","),
        '"x","y","z"\n' + lines(","),
        "Started\nsensor ok\n" + lines(","),
        "# made by hand\n" + lines(","),
        b"\xef\xbb\xbf" + lines(",").encode(),
        lines("\t").encode("utf-16"),
    ],
)
def test_any_separator_and_decimal_mark(read_text, text: str | bytes) -> None:
    (one,) = read_text(text)
    np.testing.assert_allclose(one.samples, VALUES, rtol=1e-6)
    assert one.samples.dtype == np.float32
    assert (one.name, one.rate_hz, one.label) == ("walk", 100.0, "")


def test_a_header_names_channels_and_units(read_text) -> None:
    (one,) = read_text("ax [g],temperature (°C),ax,\n1,2,3,\n4,5,6,\n", ImportOptions(rate_hz=1.0, unit="V"))
    assert one.channels == (Channel("ax", "g"), Channel("temperature", "°C"), Channel("ax 2", "V"))


def test_without_a_header_channels_are_numbered(read_text) -> None:
    (one,) = read_text("1,2\n3,4\n")
    assert one.channels == (Channel("channel 1"), Channel("channel 2"))


@pytest.mark.parametrize(
    ("header", "times", "rate_hz"),
    [
        ("time", [0.0, 0.02, 0.04, 0.06], 50.0),
        ("time_ms", [0, 20, 40, 60], 50.0),
        ("t [us]", [5, 20005, 40005, 60005], 50.0),
        ("timestamp", [1000050, 1000060, 1000070, 1000080], 100.0),
        ("millis", [100, 110, 121, 130], 100.0),
        ("Time (s)", [1.5, 2.5, 3.5, 4.5], 1.0),
        ("timestamp", [1733070878000000, 1733070878010000, 1733070878020000, 1733070878030000], 100.0),
    ],
)
def test_the_rate_comes_from_a_time_column(read_text, header: str, times: list[float], rate_hz: float) -> None:
    text = f"{header},ax\n" + "".join(f"{time},1\n" for time in times)
    (one,) = read_text(text, ImportOptions())
    assert one.rate_hz == pytest.approx(rate_hz, rel=0.02)
    assert one.channels == (Channel("ax"),)
    assert "Hz from the column" in one.notes


def test_dates_are_times_too(read_text) -> None:
    text = "date,temp\n" + "".join(f"2010-01-01 {hour:02d}:00,{hour / 2}\n" for hour in range(12))
    (one,) = read_text(text, ImportOptions())
    assert one.rate_hz == pytest.approx(1 / 3600, rel=1e-4)
    assert one.channels == (Channel("temp"),)


def test_a_first_column_that_grows_evenly_is_time(read_text) -> None:
    (one,) = read_text("10,5,1\n20,4,2\n31,6,1\n40,4,9\n", ImportOptions())
    assert one.rate_hz == pytest.approx(100.0)
    assert len(one.channels) == 2


def test_a_given_rate_wins_and_the_time_column_is_left_out(read_text) -> None:
    (one,) = read_text("time,ax\n0,1\n20,2\n40,3\n", ImportOptions(rate_hz=25.0))
    assert (one.rate_hz, one.channels) == (25.0, (Channel("ax"),))


def test_gaps_and_bunches_of_time_are_told(read_text) -> None:
    times = [*range(0, 1000, 10), *range(3000, 4000, 10)]
    (one,) = read_text("time_ms,ax\n" + "".join(f"{time},1\n" for time in times), ImportOptions())
    assert one.rate_hz == pytest.approx(100.0)
    assert "gaps in time: 1, the longest 2.01 s" in one.notes
    times = [20 * (n // 4) for n in range(200)]  # four readings share one time
    (one,) = read_text("time_ms,ax\n" + "".join(f"{time},1\n" for time in times), ImportOptions())
    assert one.rate_hz == pytest.approx(200.0, rel=0.05)
    assert "bunch" in one.notes


def test_no_rate_is_told(read_text) -> None:
    with pytest.raises(BadFile, match="Give the sampling rate"):
        read_text("x,y\n1,2\n5,1\n0,2\n", ImportOptions())


def test_bad_lines_are_left_out_and_counted(read_text) -> None:
    (one,) = read_text("1,2\nERR sensor\n3,4\n5\n6,nan\n7,inf\n8,9\n" + "x" * 100_000 + "\n")
    assert one.samples.tolist() == [[1, 2], [3, 4], [8, 9]]
    assert one.notes.startswith("lines left out because they are no rows of 2 values: 5")


def test_columns_of_text_are_left_out_and_named(read_text) -> None:
    (one,) = read_text("sensor,ax,ay\nimu,1,2\nimu,3,4\n")
    assert one.channels == (Channel("ax"), Channel("ay"))
    assert "not numbers and left out: sensor" in one.notes


def test_a_label_column_becomes_the_label_or_segments(read_text) -> None:
    (one,) = read_text("ax,label\n1,run\n2,run\n")
    assert (one.label, one.segments) == ("run", ())
    (one,) = read_text("ax,Label\n1,run\n2,run\n3,\n4,walk\n")
    assert (one.label, one.segments) == ("", (LabelledRows(0, 2, "run"), LabelledRows(3, 4, "walk")))


def test_blocks_between_blank_lines_are_recordings(read_text) -> None:
    block = "".join(f"{n},{n}\n" for n in range(12))
    parts = read_text(f"ax,ay\n{block}\n{block}\nax,ay\n{block}")
    assert [one.name for one in parts] == ["walk, part 1", "walk, part 2", "walk, part 3"]
    assert all(one.samples.shape == (12, 2) and not one.notes for one in parts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("\n \n\t\n", "empty"),
        ("Lorem ipsum\ndolor sit\n", "no columns of numbers"),
        ("a,b\n1,2\n", "fewer than two rows"),
        (b"\x00\x01\x02" * 100, "no text"),
        ("1,1e300\n2,1e300\n", "too large"),
        ("time\n1\n2\n3\n", "nothing else"),
        ("time,ax\n5,1\n5,2\n5,3\n", "no time column"),
        (",".join("1" * 300) + "\n" + ",".join("2" * 300) + "\n", "no columns"),
    ],
)
def test_what_is_no_series_is_told(read_text, text: str | bytes, message: str) -> None:
    options = ImportOptions() if "time" in str(text) else WITH_RATE
    with pytest.raises(BadFile, match=message):
        read_text(text, options)


def test_more_than_the_limit_is_cut_and_told(read_text, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.project.importers.csv_file.MOST_VALUES", 10)
    (one,) = read_text("1,2\n" * 100)
    assert one.samples.shape == (5, 2)
    assert "limit of 10 values" in one.notes
    monkeypatch.setattr("workbench.project.importers.csv_file._MOST_BYTES", 10)
    with pytest.raises(BadFile, match="MB"):
        read_text("1,2\n" * 100)
