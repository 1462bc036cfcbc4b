"""``workbench codegen``: a model as plain C files."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from workbench.cli.models import add_keras_format, add_plain_weights, model_bytes
from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.codegen.generated import Option
from workbench.operations.codegen import CodeWanted, CodeWritten
from workbench.quantities import exact_bytes


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, metavar="MODEL|PROJECT", help="an int8 .tflite or .keras file, or a project's folder"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the files go")
    parser.add_argument(
        "--option",
        choices=[option.value for option in Option],
        default=Option.SPEED.value,
        help="what the code is made for (default: %(default)s)",
    )
    parser.add_argument("--prefix", default="model", metavar="NAME", help="of files and C names (default: %(default)s)")
    parser.add_argument("--variant", type=int, metavar="N", help="a project's variant (default: the current one)")
    add_plain_weights(parser)
    add_keras_format(parser)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    command = f"workbench codegen {shlex.quote(arguments.source.name)} --option {arguments.option}"
    command += " --plain-weights" if arguments.plain_weights else ""
    wanted = CodeWanted(
        arguments.option,
        arguments.prefix,
        arguments.variant,
        name=arguments.source.name,
        command=command,
        coded=not arguments.plain_weights,
    )
    source = model_bytes(arguments.source, arguments.keras_format, screen) or arguments.source.absolute()
    outcome = screen.job(
        "workbench.operations.codegen:write_code",
        source,
        arguments.out.absolute(),
        wanted,
        title=f"Generating C of {arguments.source.name}",
    )
    written: CodeWritten = outcome.value
    data = {
        "folder": str(written.folder),
        "files": list(written.files),
        "option": arguments.option,
        "arena_bytes": written.generated.arena_bytes,
        "weights_bytes": written.generated.weights_bytes,
        "notes": list(written.generated.notes),
    }
    return Answer(
        data,
        [
            f"arena {exact_bytes(written.generated.arena_bytes)}, input and output included; "
            f"weights and tables {exact_bytes(written.generated.weights_bytes)}",
            *written.generated.notes,
            f"Written to {written.folder}:",
            *(f"  {name}" for name in written.files),
        ],
    )


VERB = Verb("codegen", "write a model as plain C files", _arguments, _run)
