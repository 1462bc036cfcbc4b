"""Boards: list them, add one from a file, keep or remove one of the user's own."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.boards import (
    Board,
    load_shelf,
    read_board,
    remove_user_board,
    save_user_board,
    user_folder,
)
from workbench.errors import BadBoard
from workbench.operations.outcome import Outcome


def list_boards() -> Outcome[list[Board]]:
    """Every board, the built-in ones first; the messages name files in the user's folder that cannot be used."""
    shelf = load_shelf()
    return Outcome(list(shelf.boards.values()), messages=shelf.problems)


def add_board(path: Path, *, replace: bool = False) -> Outcome[Board]:
    """Copy a board's TOML file to the user's own boards; the file name is its id.

    Raises BadBoard when the file is malformed, when a built-in board has its id, or when the user has such a board
    already and ``replace`` is not given.
    """
    board = read_board(path)
    if not replace and (user_folder() / f"{board.id}.toml").exists():
        raise BadBoard(
            f"You have a board with the id {board.id} already.",
            where=path.name,
            to_do="Give the file another name, or ask to replace the board.",
        )
    return save_board(board)


def save_board(board: Board) -> Outcome[Board]:
    """Keep a board among the user's own, in place of an earlier one with its id."""
    save_user_board(board)
    return Outcome(dataclasses.replace(board, user=True))


def remove_board(board_id: str) -> Outcome[None]:
    """Delete one of the user's own boards."""
    remove_user_board(board_id)
    return Outcome(None)


def to_json(board: Board) -> dict[str, Any]:
    """A board as plain data: sizes in bytes, currents in mA, USB ids as ``vendor:product``."""
    data: dict[str, Any] = {field.name: _plain(getattr(board, field.name)) for field in dataclasses.fields(board)}
    data["usb_ids"] = [f"{vendor:04x}:{product:04x}" for vendor, product in board.usb_ids]
    return data | {"free_flash_bytes": board.free_flash_bytes, "free_ram_bytes": board.free_ram_bytes}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value
