"""The report is one file that shows everything and runs nothing."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from workbench.boards import find_board
from workbench.errors import NotEnoughData, NotPossible
from workbench.operations.report import report_page, write_report
from workbench.operations.report_svg import Dot, Picture, trade_off_svg
from workbench.operations.variants import pin_variant, rename_variant
from workbench.project.store import Project

BOARD = "nano33ble_sense"
KINDS = ("int8", "float32", "float16")
EVIL = '<script>alert("x")</script> & "co"'


class Tags(HTMLParser):
    """Notes which tags there are and whether each is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_everything_is_in_one_file_and_names_stay_text(trained: Path, tmp_path: Path) -> None:
    with Project.open(trained) as project:
        rename_variant(project, 2, EVIL)
        pin_variant(project, 1, pinned=True)
        with project.step("Report"):
            project.save_test(2, project.variant(2).evaluation | {"split": "test"})
        out = write_report(project, tmp_path / "new" / "report.html", BOARD).value
    page = out.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "script" not in tags.seen
    assert tags.links == [], "nothing is fetched"
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page
    assert tags.seen.count("svg") == 4
    assert "Test split, which nothing was chosen by" in page
    for label in ("slow", "fast", "still"):
        assert f"<td>{label}</td>" in page
    assert "@media print" in page


def test_without_variants_there_is_nothing_to_report(wave_project: Path) -> None:
    with Project.open(wave_project) as project, pytest.raises(NotEnoughData, match="Train and compress first"):
        report_page(project, find_board(BOARD))


def test_a_file_that_cannot_be_written_is_one_message(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with Project.open(trained) as project, pytest.raises(NotPossible, match="cannot be written"):
        write_report(project, tmp_path / "file" / "report.html")


@pytest.mark.parametrize("limit", [None, 0.0, 60.0, 1e9])
@pytest.mark.parametrize("values", [[(50.0, 0.0)], [(0.0, 91.5), (80.0, 91.5)], [(1e-6, 3.0), (1e9, 2.0), (5.0, 1.0)]])
def test_the_picture_is_well_formed_whatever_the_numbers(
    values: list[tuple[float, float]], limit: float | None
) -> None:
    dots = [Dot(x, y, EVIL, kind, current=True) for (x, y), kind in zip(values, KINDS, strict=False)]
    picture = trade_off_svg(dots, Picture("Flash", "Flash, KB", EVIL, higher_is_better=True, limit=limit))
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own
    places = [float(value) for one in root.iter() for name, value in one.attrib.items() if name in ("cx", "cy")]
    assert all(-1 <= place <= 421 for place in places)
    assert trade_off_svg([], Picture("", "", "", higher_is_better=True)) == ""


def test_the_command_line_writes_it(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from workbench.cli import main

    out = tmp_path / "report.html"
    assert main(["report", str(trained), "--out", str(out), "--board", BOARD, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["report"] == str(out)
    assert "Arduino Nano 33 BLE Sense" in out.read_text(encoding="utf-8")
