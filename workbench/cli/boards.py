"""``workbench boards``: what is known of each board, and adding one's own."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.boards import Board
from workbench.cli.screen import Screen, table
from workbench.cli.verb import Answer, Verb
from workbench.operations.boards import add_board, list_boards, to_json
from workbench.quantities import kilobytes


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", help="show only boards with these words in name, maker or core")
    parser.add_argument("--add", type=Path, metavar="TOML", help="check a board's TOML file and keep it")


def _matches(board: Board, words: list[str]) -> bool:
    text = f"{board.id} {board.name} {board.maker} {board.core.name}".lower()
    return all(word.lower() in text for word in words)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    if arguments.add:
        added = add_board(arguments.add).value
        return Answer({"added": added.id}, [f"{added.name} can be chosen as {added.id} now."])
    found = list_boards()
    boards = [board for board in found.value if _matches(board, arguments.words)]
    shown = table("board", "name", "core", "MHz", "flash", "RAM", right=("MHz", "flash", "RAM"), whole=("board",))
    for board in boards:
        shown.add_row(
            board.id,
            board.name if board.programmable else f"{board.name} (not programmable this way)",
            board.core.name,
            f"{board.core.clock_hz / 1e6:g}",
            kilobytes(board.flash_bytes),
            kilobytes(board.ram_bytes),
        )
    data = {"boards": [to_json(board) for board in boards], "problems": list(found.messages)}
    return Answer(data, [shown, *found.messages])


VERB = Verb("boards", "list the boards, or add one from a TOML file", _arguments, _run)
