"""``workbench memory``: what a .tflite file takes on a board, part by part."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Mapping
from pathlib import Path

from rich.console import RenderableType

from workbench.boards import find_board
from workbench.cli.models import add_keras_format, model_bytes
from workbench.cli.own_firmware import add_firmware, own_firmware
from workbench.cli.screen import Screen, limit_row, table
from workbench.cli.verb import Answer, Verb
from workbench.codegen.generated import Option
from workbench.errors import BadSetting
from workbench.graph.read import read_graph
from workbench.memory.fit import ENGINES, PLAIN_C, ArenaReport, MemoryReport, usual_engine
from workbench.memory.host_check import LABEL, HostCheck
from workbench.memory.use import MemoryUse, PartKind
from workbench.operations.host_check import in_words
from workbench.operations.memory import deployed, read_model_file
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
    parser.add_argument(
        "--option",
        choices=[option.value for option in Option],
        default=Option.SPEED.value,
        help="what plain C is made for (default: %(default)s)",
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
    made = model_bytes(arguments.model, arguments.keras_format, screen)
    model, graph = (made, read_graph(made)) if made else read_model_file(arguments.model)
    engine, option = arguments.engine or usual_engine(board), arguments.option
    run = deployed(graph, board, engine, option=option, model=model, firmware=own_firmware(arguments))
    for kind in _PICTURES:
        path: Path | None = getattr(arguments, kind)
        if path is not None:
            if path.suffix.lower() != f".{kind}":
                raise BadSetting(f"The file of --{kind} has to end in .{kind}.", where=str(path))
            # Imported here: every other use of this verb works without Qt's system libraries.
            from workbench.ui.memory_sheet import draw_sheet

            draw_sheet(path, arguments.model.stem, run, board, option)
    answer = Answer(run.memory.to_json(), lines(run.memory))
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


def lines(report: MemoryReport) -> list[RenderableType]:
    """The report for people: two bars, then the parts."""
    bars = table("", "", "")
    bars.add_row(*limit_row("flash", report.flash.used, report.flash.limit))
    bars.add_row(*limit_row("RAM", report.ram.used, report.ram.limit))
    names = {(kernel.subgraph, kernel.operator): kernel.name for kernel in report.arena.kernels}
    return [
        f"{report.board}, {report.engine}: {'fits' if report.fits else 'does not fit'}",
        bars,
        "",
        _arena(report.arena, plain_c=report.engine == PLAIN_C),
        "",
        _parts("flash", report.flash, names),
        *_note(report.flash),
        "",
        _parts("RAM", report.ram, names),
        *_note(report.ram),
    ]


def _note(use: MemoryUse) -> list[str]:
    return [f"({use.note})"] if use.note else []


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


def _parts(title: str, use: MemoryUse, names: Mapping[tuple[int, int], str]) -> RenderableType:
    """Every part, the weights an operator a line: tensors' names are long, and in the JSON."""
    shown = table(title, "bytes", "", right=("bytes",))
    weights = iter(use.weights.items())
    for kind, parts in itertools.groupby(use.parts, key=lambda part: part.kind):
        if kind is PartKind.WEIGHTS:
            for place, size in weights:
                shown.add_row(_weights_of(place, names), exact_bytes(size), "")
            continue
        for part in parts:
            shown.add_row(part.name, exact_bytes(part.bytes), "" if part.exact else "estimated")
    return shown


def _weights_of(place: tuple[int, int] | None, names: Mapping[tuple[int, int], str]) -> str:
    """``3 CONV_2D weights``; of other graphs than the first, with the number of the graph before it."""
    if place is None:
        return "other constants"
    subgraph, operator = place
    return f"{f'graph {subgraph}: ' if subgraph else ''}{operator} {names[place]} weights"


VERB = Verb("memory", "show what a model takes on a board", _arguments, _run)
