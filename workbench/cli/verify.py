"""``workbench verify``: what a model answers and takes on an emulated core."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import RenderableType

from workbench.cli.models import add_keras_format, add_plain_weights, model_bytes
from workbench.cli.screen import Screen, table
from workbench.cli.verb import Answer, Verb
from workbench.codegen.generated import Option
from workbench.operations.verify_wanted import Verify
from workbench.quantities import exact_bytes, percent
from workbench.target.core import core_names
from workbench.target.verify import Verification


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, metavar="MODEL|PROJECT", help="an int8 .tflite or .keras file, or a project's folder"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--core", default="", metavar="CORE", help=f"one of: {', '.join(core_names())}")
    where.add_argument("--board", default="", help="see: workbench boards (default: the project's own)")
    parser.add_argument(
        "--option",
        choices=[option.value for option in Option],
        default=Option.SPEED.value,
        help="what the code is made for (default: %(default)s)",
    )
    parser.add_argument("--variant", type=int, help="a project's variant by its number (default: the current one)")
    parser.add_argument("--input", type=Path, metavar="FILE.npy", help="run this one input, in the model's own type")
    parser.add_argument("--output", type=Path, metavar="FILE.npy", help="keep what the core answered to the last input")
    add_plain_weights(parser)
    add_keras_format(parser)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    wanted = Verify(
        arguments.core,
        arguments.board,
        arguments.option,
        arguments.variant,
        arguments.input and arguments.input.absolute(),
        arguments.output and arguments.output.absolute(),
        not arguments.plain_weights,
    )
    source = model_bytes(arguments.source, arguments.keras_format, screen) or arguments.source.absolute()
    result: Verification = screen.job(
        "workbench.operations.verify:verify_model", source, wanted, title=f"Verifying {arguments.source.name}"
    )
    return Answer(result.to_json(), lines(result), exit_status=1 if result.bit_exact is False else 0)


def lines(result: Verification) -> list[RenderableType]:
    """The outcome in words, the sizes, then the operators."""
    flash, ram = result.flash, result.ram
    steps = table("operator", "instructions", "cycles", "share", right=("instructions", "cycles", "share"))
    for step in result.per_operator:
        share = percent(step.cycles / result.cycles) if result.cycles else ""
        name = step.name if step.operator is None else f"{step.operator} {step.name}"
        steps.add_row(name, f"{step.instructions:,}", f"{step.cycles:,.0f}", share)
    found: list[RenderableType] = [result.in_words]
    if result.note:
        found.append(f"Estimated: {result.note}.")
    return [
        *found,
        f"{result.instructions:,} instructions (emulated); {result.cycles:,.0f} cycles "
        f"(estimated, {result.cycles_low:,.0f} to {result.cycles_high:,.0f})",
        f"flash {exact_bytes(flash.total)}: code {exact_bytes(flash.code)}, weights {exact_bytes(flash.weights)}, "
        f"other constants {exact_bytes(flash.constants)} (compiled by {result.compiler}, for {result.option})",
        f"RAM: arena {exact_bytes(ram.arena)}, variables {exact_bytes(ram.static)}, stack {exact_bytes(ram.stack)}",
        "",
        steps,
        "",
        f"Cycles: {result.cycles_source}",
    ]


VERB = Verb("verify", "compile a model as plain C, run it on an emulated core and compare every byte", _arguments, _run)
