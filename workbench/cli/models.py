"""What the verbs that take a model have in common: a .keras is converted in a child process first."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.screen import Screen
from workbench.convert.convert import Quantization

_ON_BOARDS = tuple(kind.value for kind in Quantization if kind.runs_on_boards)


def add_plain_weights(parser: argparse.ArgumentParser) -> None:
    """``--plain-weights``, for verbs that generate C."""
    parser.add_argument(
        "--plain-weights",
        action="store_true",
        help="keep pruned and clustered weights as they are with --option size too",
    )


def add_keras_format(parser: argparse.ArgumentParser) -> None:
    """``--as``: what a .keras becomes before it is looked at."""
    parser.add_argument(
        "--as",
        dest="keras_format",
        choices=_ON_BOARDS,
        default=Quantization.FLOAT32.value,
        help="what a .keras file is converted to first; as int8 it has the right size, whatever it is worth "
        "(default: %(default)s)",
    )


def model_bytes(path: Path, keras_format: str, screen: Screen) -> bytes | None:
    """The .tflite that a .keras becomes; None for any other path, which is read as it is."""
    if path.suffix.lower() != ".keras":
        return None
    tflite: bytes = screen.job(
        "workbench.operations.open_model:tflite_of", path.absolute(), keras_format, title=f"Converting {path.name}"
    )
    return tflite
