"""The user's own boards beside the built-in ones."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from workbench.boards import (
    Board,
    built_in_boards,
    find_board,
    load_boards,
    load_shelf,
    remove_user_board,
    save_user_board,
    user_folder,
    write_board,
)
from workbench.errors import BadBoard, NotPossible


@pytest.fixture
def mine() -> Board:
    return dataclasses.replace(built_in_boards()["pico"], id="mine", name="Mine")


def test_without_a_folder_there_are_the_built_in_boards() -> None:
    assert not user_folder().exists()
    assert load_boards() == dict(built_in_boards())


def test_a_saved_board_is_found(mine: Board) -> None:
    save_user_board(mine)
    assert find_board("mine") == dataclasses.replace(mine, user=True)
    assert list(load_boards())[-1] == "mine"


def test_a_file_that_cannot_be_read_is_left_out_and_named(mine: Board) -> None:
    save_user_board(mine)
    (user_folder() / "broken.toml").write_text("name = 1")
    shelf = load_shelf()
    assert "mine" in shelf.boards and "broken" not in shelf.boards
    assert len(shelf.problems) == 1 and shelf.problems[0].startswith("broken.toml: ")


def test_asking_for_a_broken_board_says_what_is_wrong_with_it() -> None:
    user_folder().mkdir()
    (user_folder() / "broken.toml").write_text("nonsense")
    with pytest.raises(BadBoard, match=r"broken\.toml: The file is not TOML"):
        find_board("broken")


def test_a_file_cannot_take_the_place_of_a_built_in_board(mine: Board) -> None:
    user_folder().mkdir()
    write_board(mine, user_folder() / "pico.toml")
    shelf = load_shelf()
    assert shelf.boards["pico"].name == "Raspberry Pi Pico"
    assert "belongs to the built-in board Raspberry Pi Pico" in shelf.problems[0]


def test_a_built_in_id_cannot_be_saved(mine: Board) -> None:
    with pytest.raises(BadBoard, match="another id"):
        save_user_board(dataclasses.replace(mine, id="pico"))
    assert not user_folder().exists()


@pytest.mark.parametrize("change", [{"supply_v": float("nan")}, {"ram_bytes": -1}, {"name": ""}, {"id": "../up"}])
def test_a_bad_value_is_not_saved(mine: Board, change: dict[str, object]) -> None:
    with pytest.raises(BadBoard):
        save_user_board(dataclasses.replace(mine, **change))
    assert not user_folder().exists()


def test_a_disk_that_refuses_is_reported(mine: Board) -> None:
    user_folder().write_text("a file where the folder should be")
    with pytest.raises(NotPossible, match="cannot be saved"):
        save_user_board(mine)


def test_a_board_is_removed_once(mine: Board) -> None:
    save_user_board(mine)
    remove_user_board("mine")
    assert "mine" not in load_boards()
    with pytest.raises(BadBoard, match="no board of your own"):
        remove_user_board("mine")


def test_nothing_outside_the_folder_is_removed(tmp_path: Path) -> None:
    with pytest.raises(BadBoard):
        remove_user_board("../preferences")


def test_an_unknown_board_comes_with_near_misses() -> None:
    with pytest.raises(BadBoard, match="Did you mean nano33ble_sense"):
        find_board("nano33ble")
    with pytest.raises(BadBoard, match="The boards are: "):
        find_board("zzzzzz")
