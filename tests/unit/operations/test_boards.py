"""Listing, adding, saving and removing boards."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from workbench.boards import built_in_boards, load_boards, user_folder, write_board
from workbench.errors import BadBoard
from workbench.operations.boards import add_board, list_boards, remove_board, save_board, to_json


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    write_board(dataclasses.replace(built_in_boards()["pico"], name="Mine"), path)
    return path


def test_every_board_is_plain_data() -> None:
    boards = [to_json(board) for board in list_boards().value]
    assert json.loads(json.dumps(boards)) == boards
    nano = next(board for board in boards if board["id"] == "nano33ble_sense")
    assert nano["usb_ids"] == ["2341:805a", "2341:005a"]
    assert nano["core"]["name"] == "cortex-m4"
    assert nano["free_ram_bytes"] == nano["ram_bytes"] - nano["reserved_ram_bytes"]
    assert nano["sources"]["flash"]


def test_broken_files_of_the_user_are_told_of() -> None:
    user_folder().mkdir()
    (user_folder() / "broken.toml").write_text("?")
    outcome = list_boards()
    assert len(outcome.value) == len(built_in_boards())
    assert outcome.messages[0].startswith("broken.toml: ")


def test_a_board_is_added_from_a_file(file: Path) -> None:
    added = add_board(file).value
    assert added.user and added.id == "mine"
    assert load_boards()["mine"] == added


def test_a_second_board_with_the_same_id_must_be_asked_for(file: Path) -> None:
    add_board(file)
    before = (user_folder() / "mine.toml").read_bytes()
    write_board(dataclasses.replace(built_in_boards()["pico"], name="Other"), file)
    with pytest.raises(BadBoard, match="already"):
        add_board(file)
    assert (user_folder() / "mine.toml").read_bytes() == before
    assert add_board(file, replace=True).value.name == "Other"


def test_a_malformed_file_changes_nothing(file: Path) -> None:
    file.write_text("name = 3")
    with pytest.raises(BadBoard):
        add_board(file)
    assert not user_folder().exists()


def test_a_file_named_like_a_built_in_board_is_refused(file: Path) -> None:
    with pytest.raises(BadBoard, match="belongs to the built-in board"):
        add_board(file.rename(file.with_name("pico.toml")))


def test_a_saved_board_can_be_saved_again_and_removed(file: Path) -> None:
    board = add_board(file).value
    save_board(dataclasses.replace(board, name="Better"))
    assert load_boards()["mine"].name == "Better"
    remove_board("mine")
    assert "mine" not in load_boards()
