"""A firmware folder is written whole or not at all, and what a person changed is not lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.errors import BadInput
from workbench.firmware import folder as folders
from workbench.firmware.folder import MARKER, plan_folder, write_folder
from workbench.firmware.inputs import FirmwareFile

MODEL = FirmwareFile("model.h", b"one")
SKETCH = FirmwareFile("fan.ino", b"sketch", editable=True)


def export(folder: Path, *files: FirmwareFile) -> folders.FolderPlan:
    plan = plan_folder(files, folder)
    write_folder(plan)
    return plan


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != MARKER}


def test_a_new_folder_is_written_with_its_marker(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "fan"
    plan = export(folder, MODEL, SKETCH)
    assert content(folder) == {"model.h": b"one", "fan.ino": b"sketch"}
    assert plan.status == {"model.h": "new", "fan.ino": "new"}
    assert set(json.loads((folder / MARKER).read_text())["files"]) == {"model.h", "fan.ino"}
    assert [path.name for path in folder.parent.iterdir()] == ["fan"]


def test_exporting_again_changes_only_what_differs(tmp_path: Path) -> None:
    folder = tmp_path / "fan"
    export(folder, MODEL, SKETCH, FirmwareFile("old.c", b""))
    plan = export(folder, FirmwareFile("model.h", b"two"), SKETCH)
    assert plan.status == {"model.h": "changed", "fan.ino": "same"}
    assert (plan.kept, plan.put_aside) == ((), {})
    assert content(folder) == {"model.h": b"two", "fan.ino": b"sketch"}


def test_files_a_person_added_stay(tmp_path: Path) -> None:
    folder = tmp_path / "fan"
    export(folder, MODEL)
    (folder / "notes.txt").write_bytes(b"mine")
    (folder / "build").mkdir()
    (folder / "build" / "fan.elf").write_bytes(b"elf")
    export(folder, FirmwareFile("model.h", b"two"))
    assert content(folder) == {"model.h": b"two", "notes.txt": b"mine"}
    assert (folder / "build" / "fan.elf").read_bytes() == b"elf"


def test_a_sketch_that_a_person_edited_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "fan"
    export(folder, MODEL, SKETCH)
    (folder / "fan.ino").write_bytes(b"my sketch")
    plan = export(folder, MODEL, SKETCH)
    assert plan.kept == ("fan.ino",)
    assert content(folder) == {"model.h": b"one", "fan.ino": b"my sketch"}

    plan = export(folder, MODEL, FirmwareFile("fan.ino", b"sketch 2", editable=True))
    assert plan.status["fan.ino"] == "kept"
    assert content(folder) == {"model.h": b"one", "fan.ino": b"my sketch", "fan.ino.new": b"sketch 2"}

    export(folder, MODEL, FirmwareFile("fan.ino", b"sketch 3", editable=True))
    assert content(folder)["fan.ino.new"] == b"sketch 3"
    assert content(folder)["fan.ino"] == b"my sketch"


def test_a_person_can_take_the_new_sketch_after_all(tmp_path: Path) -> None:
    folder = tmp_path / "fan"
    export(folder, SKETCH)
    (folder / "fan.ino").write_bytes(b"my sketch")
    newer = FirmwareFile("fan.ino", b"sketch 2", editable=True)
    export(folder, newer)
    (folder / "fan.ino.new").replace(folder / "fan.ino")
    assert export(folder, newer).status == {"fan.ino": "same"}
    assert content(folder) == {"fan.ino": b"sketch 2"}


def test_changes_in_a_generated_file_are_put_aside_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "fan"
    export(folder, MODEL)
    (folder / "model.h").write_bytes(b"my one")
    assert export(folder, MODEL).put_aside == {"model.h": "model.h.yours"}
    (folder / "model.h").write_bytes(b"my two")
    export(folder, MODEL)
    assert content(folder) == {"model.h": b"one", "model.h.yours": b"my one", "model.h.yours2": b"my two"}


def test_a_generated_file_that_is_not_needed_any_more_goes_unless_it_was_edited(tmp_path: Path) -> None:
    folder = tmp_path / "fan"
    export(folder, MODEL, FirmwareFile("raw.c", b"c"), FirmwareFile("raw.h", b"h"))
    (folder / "raw.h").write_bytes(b"my h")
    assert export(folder, MODEL).put_aside == {"raw.h": "raw.h.yours"}
    assert content(folder) == {"model.h": b"one", "raw.h.yours": b"my h"}


@pytest.mark.parametrize("marker", [None, "", "[]", '{"files": 3}', '{"files": ["a"]}', "{" * 5000, "\x00"])
def test_a_folder_that_no_export_wrote_is_not_touched(tmp_path: Path, marker: str | None) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    if marker is not None:
        (tmp_path / MARKER).write_text(marker)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(BadInput, match="no export wrote it"):
        plan_folder([MODEL], tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "fan"
    folder.mkdir()
    export(folder, MODEL)
    assert content(folder) == {"model.h": b"one"}


def test_a_file_in_the_way_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "fan").write_text("a file")
    with pytest.raises(BadInput, match="a file of that name"):
        plan_folder([MODEL], tmp_path / "fan")


def test_a_folder_in_the_place_of_a_file_is_a_message(tmp_path: Path) -> None:
    folder = tmp_path / "fan"
    export(folder, MODEL)
    (folder / "fan.ino").mkdir()
    with pytest.raises(BadInput, match="there is a folder of that name"):
        plan_folder([MODEL, SKETCH], folder)


def test_a_failure_half_way_leaves_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "fan"
    export(folder, MODEL)
    plan = plan_folder([FirmwareFile("model.h", b"two")], folder)
    whole_rename = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(28, "No space left on device")
        return whole_rename(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(BadInput, match="No space left"):
        write_folder(plan)
    assert content(folder) == {"model.h": b"one"}
    assert [path.name for path in tmp_path.iterdir()] == ["fan"]


def test_a_link_to_the_folder_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "fan"
    real.mkdir()
    link.symlink_to(real, target_is_directory=True)
    export(link, MODEL)
    assert link.is_symlink()
    assert content(real) == {"model.h": b"one"}


def test_a_place_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput):
        write_folder(plan_folder([MODEL], tmp_path / "file" / "fan"))
