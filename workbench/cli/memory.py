"""``workbench memory``: what a .tflite file takes on a board, part by part."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import RenderableType

from workbench.boards import Board, find_board
from workbench.cli.models import add_keras_format, model_bytes
from workbench.cli.own_firmware import add_firmware, own_firmware
from workbench.cli.screen import Screen, limit_row, table
from workbench.cli.verb import Answer, Verb
from workbench.errors import BadSetting
from workbench.graph.read import read_graph
from workbench.memory.fit import ENGINES, PLAIN_C, ArenaReport, MemoryReport
from workbench.memory.host_check import LABEL, HostCheck
from workbench.memory.use import MemoryUse
from workbench.operations.host_check import in_words
from workbench.operations.memory import memory_report, read_model
from workbench.quantities import exact_bytes

_PICTURES = ("svg", "png")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help="a .tflite or .keras file, from this program or elsewhere")
    parser.add_argument("--board", default="nano33ble_sense", help="see: workbench boards (default: %(default)s)")
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=None,
        help="plain C, or TensorFlow Lite Micro with its reference or CMSIS-NN kernels (default: CMSIS-NN on Arm)",
    )
    add_keras_format(parser)
    add_firmware(parser)
    parser.add_argument(
        "--host-check",
        action="store_true",
        help=f"also run TensorFlow Lite Micro itself on the model: {LABEL}",
    )
    for kind in _PICTURES:
        parser.add_argument(
            f"--{kind}", type=Path, metavar="FILE", help=f"also draw flash, RAM and arena into a .{kind} file"
        )


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    board = find_board(arguments.board)
    model = model_bytes(arguments.model, arguments.keras_format, screen) or read_model(arguments.model)
    report = memory_report(model, board, arguments.engine, firmware=own_firmware(arguments))
    for kind in _PICTURES:
        path: Path | None = getattr(arguments, kind)
        if path is not None:
            if path.suffix.lower() != f".{kind}":
                raise BadSetting(f"The file of --{kind} has to end in .{kind}.", where=str(path))
            _draw(path, arguments.model.stem, model, board, report)
    answer = Answer(report.to_json(), lines(report))
    return _with_host_check(answer, model, screen) if arguments.host_check else answer


def _with_host_check(answer: Answer, model: bytes, screen: Screen) -> Answer:
    found: HostCheck = screen.job(
        "workbench.operations.host_check:check_on_host", model, title="Running TensorFlow Lite Micro on this computer"
    )
    shown = table("on this computer (64-bit)", "bytes", right=("bytes",))
    for name, size in (("planned: tensors and scratch", found.planned), *found.parts):
        shown.add_row(name, exact_bytes(size))
    said: list[RenderableType] = ["", f"host check: {in_words(found)}", shown]
    return Answer({**answer.data, "host_check": found.to_json()}, [*answer.lines, *said])


def _draw(path: Path, name: str, model: bytes, board: Board, report: MemoryReport) -> None:
    # Imported here: every other use of this verb works without Qt's system libraries.
    from workbench.ui.memory_sheet import draw_sheet

    draw_sheet(path, name, read_graph(model), report, board)


def lines(report: MemoryReport) -> list[RenderableType]:
    """The report for people: two bars, then the parts."""
    bars = table("", "", "")
    bars.add_row(*limit_row("flash", report.flash.used, report.flash.limit))
    bars.add_row(*limit_row("RAM", report.ram.used, report.ram.limit))
    return [
        f"{report.board}, {report.engine}: {'fits' if report.fits else 'does not fit'}",
        bars,
        "",
        _arena(report.arena, plain_c=report.engine == PLAIN_C),
        "",
        _parts("flash", report.flash),
        "",
        _parts("RAM", report.ram),
    ]


def _arena(arena: ArenaReport, *, plain_c: bool) -> str:
    if plain_c:
        return (
            f"arena: {exact_bytes(arena.required)}, input, output and scratch included, because tensors overlap; "
            f"{exact_bytes(arena.live_set)} are alive at once, and no plan can take less than "
            f"{exact_bytes(arena.lower_bound)}"
        )
    return (
        f"arena: {exact_bytes(arena.required)} is the smallest that works; {exact_bytes(arena.used)} used, "
        f"of which {exact_bytes(arena.planned)} are tensors and scratch"
    )


def _parts(title: str, use: MemoryUse) -> RenderableType:
    shown = table(title, "bytes", "", right=("bytes",))
    for part in use.parts:
        shown.add_row(part.name, exact_bytes(part.bytes), "" if part.exact else "estimated")
    return shown


VERB = Verb("memory", "show what a model takes on a board", _arguments, _run)
