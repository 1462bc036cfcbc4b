"""Ctrl+C during ``workbench capture``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.cli.capture import VERB
from workbench.cli.screen import Screen
from workbench.project import Channel, Project
from workbench.project.samples import FileDescription, SamplesWriter


class Stopped(Screen):
    """A screen at which Ctrl+C is pressed; by then the capture has left a file without an entry, or nothing."""

    def __init__(self, rows: int) -> None:
        super().__init__(machine=True)
        self._rows = rows

    def job(self, function: str, *args: Any, title: str, **kwargs: Any) -> Any:
        if self._rows:
            about = FileDescription((Channel("x"),), 50.0, "wave 1", "wave", {}, "board", "2026-01-01")
            writer = SamplesWriter(args[0] / "samples" / "left.arrow", about)
            writer.write(np.zeros((self._rows, 1), np.float32))
            writer.close()
        raise KeyboardInterrupt


@pytest.mark.parametrize(("rows", "words"), [(100, "What has come is kept."), (0, "Nothing had been recorded.")])
def test_it_says_what_is_kept(tmp_path: Path, rows: int, words: str) -> None:
    folder = tmp_path / "project"
    Project.create(folder, "project").close()
    parser = argparse.ArgumentParser()
    VERB.add_arguments(parser)
    answer = VERB.run(parser.parse_args([str(folder), "--port", "board"]), Stopped(rows))
    assert answer.exit_status == 130
    assert answer.lines[0] == f"Stopped. {words}"
    assert [one["rows"] for one in answer.data["recordings"]] == ([rows] if rows else [])
