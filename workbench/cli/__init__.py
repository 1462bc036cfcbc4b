"""The command line: one verb a file, each a face of one operation."""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from workbench import __version__
from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.errors import WorkbenchError
from workbench.jobs import Cancelled
from workbench.log import log_to_file

# In the order of the work; each module holds one VERB.
VERBS = (
    "new",
    "import_",
    "capture",
    "train",
    "compress",
    "variants",
    "sensitivity",
    "search",
    "report",
    "memory",
    "codegen",
    "verify",
    "energy",
    "check",
    "export",
    "fit",
    "boards",
    "ports",
    "simulate",
    "window",
    "demo",
)

EPILOG = """exit status: 0 done, 1 it cannot be done here (too little data, no such port, …), 2 the input is wrong."""


def verbs(wanted: str = "") -> list[Verb]:
    """The verb that is wanted, or every verb where that is none: to import them all takes half a second."""
    found = [name for name in VERBS if name.rstrip("_") == wanted] or VERBS
    return [importlib.import_module(f"workbench.cli.{name}").VERB for name in found]


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, not below a page of flags."""

    def error(self, message: str) -> NoReturn:
        said = message.removeprefix("argument ")
        for kind, words in (("int", "a whole number"), ("float", "a number")):
            said = said.replace(f": invalid {kind} value: ", f" takes {words}, not ")
        self.exit(2, f"workbench: {said.rstrip('.')}. See: {self.prog} --help\n")


def _parser(known: Sequence[Verb]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="workbench",
        description="Record sensors, train a small model, see what it takes on the board, export firmware.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"workbench {__version__}")
    commands = parser.add_subparsers(title="verbs", dest="verb", metavar="VERB", required=True)
    for verb in known:
        command = commands.add_parser(verb.name, help=verb.help, description=verb.help, epilog=EPILOG)
        command.add_argument("--json", action="store_true", help="print one JSON object for machines")
        verb.add_arguments(command)
        command.set_defaults(run=verb.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Do one verb; returns the exit status."""
    log_to_file()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a file or an old terminal may lack some letters
    try:
        given = sys.argv[1:] if argv is None else argv
        arguments = _parser(verbs(given[0] if given else "")).parse_args(given)
        screen = Screen(machine=arguments.json)
        answer: Answer = arguments.run(arguments, screen)
        if arguments.json:
            print(json.dumps(answer.data, allow_nan=False))  # ASCII: right in every encoding
        else:
            screen.show(answer.lines)
        sys.stdout.flush()
    except WorkbenchError as error:
        print(f"workbench: {error}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python flushes at its end
        return 0
    except OSError as error:
        print(f"workbench: {error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
        return 1
    except (KeyboardInterrupt, Cancelled):
        print("workbench: cancelled; nothing was changed", file=sys.stderr)
        return 130
    return answer.exit_status
