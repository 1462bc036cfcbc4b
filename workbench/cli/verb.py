"""What a verb is: its name, its arguments and what it answers."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType

from workbench.cli.screen import Screen


@dataclass(frozen=True)
class Answer:
    """``data`` for machines (plain JSON values), ``lines`` for people: two forms of the same thing."""

    data: dict[str, Any]
    lines: Sequence[RenderableType]
    exit_status: int = 0


@dataclass(frozen=True)
class Verb:
    """One word of the command line."""

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Screen], Answer]
