"""``workbench export``: the firmware folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.models import add_keras_format
from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.memory.fit import ENGINES
from workbench.operations.model_file import is_model


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project", type=Path, metavar="PROJECT|MODEL", help="a trained project's folder, or any .tflite or .keras file"
    )
    parser.add_argument("--board", help="see: workbench boards (default: the project's own)")
    parser.add_argument("--out", type=Path, required=True, help="where the firmware folder goes")
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        help="generated C, or TensorFlow Lite Micro (default: the project's own, or the board's usual one)",
    )
    add_keras_format(parser)
    parser.add_argument("--variant", type=int, metavar="N", help="which variant (default: the current one)")


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    operations = "workbench.operations.export"
    source: Path = arguments.project.absolute()
    out: Path = arguments.out.absolute()
    if is_model(source):
        board = arguments.board or "nano33ble_sense"
        outcome = screen.job(
            f"{operations}:export_model",
            source,
            out,
            board,
            arguments.keras_format,
            engine=arguments.engine,
            title="Exporting",
        )
    else:
        outcome = screen.job(
            f"{operations}:export",
            source,
            out,
            arguments.board,
            variant_id=arguments.variant,
            engine=arguments.engine,
            title="Exporting",
        )
    result = outcome.value
    data = {"folder": str(result.folder), "files": list(result.files), "messages": list(outcome.messages)}
    lines = [*outcome.messages, f"Written to {result.folder}:", *(f"  {name}" for name in result.files)]
    return Answer(data, lines)


VERB = Verb("export", "write the firmware folder", _arguments, _run)
