"""``workbench export``: the firmware folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="a trained project's folder, or any .tflite file")
    parser.add_argument("--board", help="see: workbench boards (default: the project's own)")
    parser.add_argument("--out", type=Path, required=True, help="where the firmware folder goes")
    parser.add_argument("--variant", type=int, metavar="N", help="which variant (default: the current one)")


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    operations = "workbench.operations.export"
    source: Path = arguments.project.absolute()
    out: Path = arguments.out.absolute()
    if source.suffix == ".tflite":
        board = arguments.board or "nano33ble_sense"
        outcome = screen.job(f"{operations}:export_model", source, out, board, title="Exporting")
    else:
        outcome = screen.job(
            f"{operations}:export", source, out, arguments.board, variant_id=arguments.variant, title="Exporting"
        )
    result = outcome.value
    data = {"folder": str(result.folder), "files": list(result.files), "messages": list(outcome.messages)}
    lines = [*outcome.messages, f"Written to {result.folder}:", *(f"  {name}" for name in result.files)]
    return Answer(data, lines)


VERB = Verb("export", "write the firmware folder", _arguments, _run)
