"""Boards as data: one TOML file a board, built in or the user's own."""

from workbench.boards.model import FACTS, Board, Core, Fpu, MemoryRegion, Radio, Sensor
from workbench.boards.shelf import (
    Shelf,
    built_in_boards,
    find_board,
    load_boards,
    load_shelf,
    remove_user_board,
    save_user_board,
    user_folder,
)
from workbench.boards.toml_file import LARGEST_FILE, known_cores, parse_board, read_board, write_board

__all__ = [
    "FACTS",
    "LARGEST_FILE",
    "Board",
    "Core",
    "Fpu",
    "MemoryRegion",
    "Radio",
    "Sensor",
    "Shelf",
    "built_in_boards",
    "find_board",
    "known_cores",
    "load_boards",
    "load_shelf",
    "parse_board",
    "read_board",
    "remove_user_board",
    "save_user_board",
    "user_folder",
    "write_board",
]
