"""All boards: those that come with the program, and the user's own."""

from __future__ import annotations

import dataclasses
import difflib
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.boards.model import Board
from workbench.boards.toml_file import board_toml, check_id, is_id, parse_board, read_board
from workbench.errors import BadBoard, NotPossible
from workbench.files import write_atomically
from workbench.resources import resource
from workbench.settings import home


@dataclass(frozen=True)
class Shelf:
    """All boards by id, and what was wrong with files in the user's folder."""

    boards: dict[str, Board]
    problems: tuple[str, ...]


def user_folder() -> Path:
    """The folder of the user's own boards; it may not exist yet."""
    return home() / "boards"


def load_boards() -> dict[str, Board]:
    """Every board by id: the built-in ones, then the user's own. Broken files of the user's are left out."""
    return load_shelf().boards


def load_shelf() -> Shelf:
    """Every board, and the messages about files in the user's folder that cannot be used."""
    built_in = built_in_boards()
    boards, problems = dict(built_in), []
    for path in sorted(user_folder().glob("*.toml")):
        try:
            board = dataclasses.replace(read_board(path), user=True)
        except BadBoard as error:
            problems.append(str(error))
            continue
        if board.id in built_in:
            problems.append(f"{path.name}: {_taken(board.id, built_in)} This file is not used: rename it.")
            continue
        boards[board.id] = board
    return Shelf(boards, tuple(problems))


@functools.cache
def built_in_boards() -> Mapping[str, Board]:
    """The boards that come with the program, by id."""
    boards = (read_board(path) for path in sorted(resource("boards").glob("*.toml")))
    return {board.id: board for board in boards}


def find_board(board_id: str) -> Board:
    """The board with this id, or BadBoard that offers the nearest ids."""
    boards = load_boards()
    if board_id in boards:
        return boards[board_id]
    path = user_folder() / f"{board_id}.toml"
    if is_id(board_id) and path.is_file():
        read_board(path)  # says what is wrong with it
    near = difflib.get_close_matches(board_id.lower(), boards, n=3, cutoff=0.5)
    advice = f"Did you mean {' or '.join(near)}?" if near else f"The boards are: {', '.join(boards)}."
    raise BadBoard(f"There is no board {board_id[:60]!r}.", to_do=advice)


def save_user_board(board: Board) -> Path:
    """Keep a board in the user's folder, in place of an earlier one with its id.

    Raises BadBoard when a built-in board has the id or a value is out of bounds, NotPossible when the disk refuses.
    """
    check_id(board.id)
    built_in = built_in_boards()
    if board.id in built_in:
        raise BadBoard(_taken(board.id, built_in), to_do="Give your board another id.")
    content = board_toml(board)
    parse_board(content, board.id, where=board.id)
    path = user_folder() / f"{board.id}.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    except OSError as error:
        raise NotPossible(f"The board cannot be saved ({error.strerror or error}).", where=str(path)) from None
    return path


def remove_user_board(board_id: str) -> None:
    """Delete one of the user's own boards; BadBoard when there is none with this id."""
    check_id(board_id)
    path = user_folder() / f"{board_id}.toml"
    if not path.is_file():
        raise BadBoard(f"There is no board of your own with the id {board_id[:60]!r}.")
    try:
        path.unlink()
    except OSError as error:
        raise NotPossible(f"The board cannot be removed ({error.strerror or error}).", where=str(path)) from None


def _taken(board_id: str, built_in: Mapping[str, Board]) -> str:
    return f"The id {board_id} belongs to the built-in board {built_in[board_id].name}."
