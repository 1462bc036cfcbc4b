"""Variants are named, pinned, deleted and compared, and what was done can be taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.boards import find_board
from workbench.cli import main
from workbench.errors import BadSetting
from workbench.operations.compare_variants import compare_variants
from workbench.operations.history import redo, undo
from workbench.operations.outcome import Topic
from workbench.operations.variants import delete_variants, pin_variant, rename_variant, variant_rows
from workbench.project.store import Project

BOARD = "nano33ble_sense"


def test_names_and_pins_can_be_taken_back_and_a_test_stays(trained: Path) -> None:
    with Project.open(trained) as project:
        assert rename_variant(project, 2, "  the small one ").changed == {Topic.VARIANTS}
        pin_variant(project, 2, pinned=True)
        with project.step("Report"):
            project.save_test(2, {"accuracy": 0.5})
        assert (project.variant(2).name, project.variant(2).pinned) == ("the small one", True)
        undo(project)
        assert not project.variant(2).pinned
        undo(project)
        assert project.variant(2).name == "int8"
        assert project.variant(2).test == {"accuracy": 0.5}, "the test split is looked at once, whatever is undone"
        redo(project)
        assert project.variant(2).name == "the small one"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\nb"])
def test_a_name_that_cannot_be_shown_is_refused(trained: Path, name: str) -> None:
    with Project.open(trained) as project:
        with pytest.raises(BadSetting, match="name"):
            rename_variant(project, 2, name)
        assert project.variant(2).name == "int8"
        assert project.undo_title is None


def test_a_deleted_variant_comes_back_with_its_file(trained: Path) -> None:
    with Project.open(trained) as project:
        file = project.path(project.variant(2).model_file)
        delete_variants(project, [2])
        current = project.current_variant()
        assert [one.id for one in project.variants()] == [1]
        assert current is not None and current.id == 1
        undo(project)
        assert [one.id for one in project.variants()] == [1, 2]
        assert [one.current for one in project.variants()] == [True, False]
        assert file.is_file()
        delete_variants(project, [1, 2])
        assert project.current_variant() is None
        with pytest.raises(BadSetting, match="no variant 9"):
            delete_variants(project, [9])
    with Project.open(trained) as project:
        assert project.undo_title is None
        assert not file.exists(), "nothing can bring it back any more"


def test_two_variants_side_by_side(trained: Path) -> None:
    with Project.open(trained) as project:
        found = compare_variants(project, 1, 2, find_board(BOARD))
        assert [row.variant.id for row in variant_rows(project, find_board(BOARD))] == [1, 2]
    one, other = found.evaluations
    for true, row in enumerate(found.confusion_change):
        assert [b - a for a, b in zip(one.confusion[true], other.confusion[true], strict=True)] == list(row)
    assert len(found.recall_change) == 3
    assert found.caution == ""
    change = found.to_json()["change"]
    assert change["flash"] < 0 and change["file_bytes"] < 0 and change["latency"] < 0


def test_the_command_line_lists_changes_and_compares(
    trained: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*words: str) -> dict:
        assert main(["variants", str(trained), "--json", *words]) == 0
        return json.loads(capsys.readouterr().out)

    listed = told("--pin", "1")["variants"]
    assert [(one["id"], one["pinned"], one["current"]) for one in listed] == [(1, True, False), (2, False, True)]
    assert listed[1]["flash"]["value"] < listed[1]["flash"]["limit"]
    assert told("--name", "2", "small")["variants"][1]["name"] == "small"
    assert told("--choose", "1")["variants"][0]["current"]
    assert told("--compare", "1", "2")["change"]["file_bytes"] < 0
    assert main(["variants", str(trained), "--compare", "1", "2"]) == 0
    assert "recall of fast" in capsys.readouterr().out
    assert [one["id"] for one in told("--delete", "1")["variants"]] == [2]
    assert main(["variants", str(trained), "--delete", "7"]) == 2
    assert "no variant 7" in capsys.readouterr().err
    assert main(["variants", str(trained), "--name", "x", "y"]) == 2
