from __future__ import annotations

from pathlib import Path

import pytest

from workbench.errors import BadFile, BadSetting
from workbench.memory.budget import Firmware
from workbench.operations.firmware_budget import read_firmware_budget
from workbench.operations.history import undo
from workbench.operations.memory import own_firmware
from workbench.operations.outcome import Topic
from workbench.project import Project

HEADING = "   text\t   data\t    bss\t    dec\t    hex\tfilename\n"


def printed(folder: Path, text: int, data: int, bss: int) -> Path:
    path = folder / "size.txt"
    path.write_text(f"{HEADING}{text}\t{data}\t{bss}\t{text + data + bss}\t0\tfirmware.elf\n")
    return path


def test_the_budget_is_saved_and_can_be_undone(tmp_path: Path) -> None:
    with Project.create(tmp_path / "project", "Keywords") as project:
        outcome = read_firmware_budget(project, printed(tmp_path, 40_000, 200, 3_000))
        assert outcome.value == own_firmware(project) == Firmware(40_200, 3_200)
        assert outcome.changed == {Topic.SETTINGS}
        assert not read_firmware_budget(project, printed(tmp_path, 40_000, 200, 3_000)).changed
        undo(project)
        assert own_firmware(project) == Firmware(0, 0)


def test_what_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    with Project.create(tmp_path / "project", "Keywords") as project:
        read_firmware_budget(project, printed(tmp_path, 10, 20, 30))
        with pytest.raises(BadFile):
            read_firmware_budget(project, tmp_path / "nowhere.elf")
        with pytest.raises(BadSetting):
            read_firmware_budget(project, printed(tmp_path, 2**31, 0, 0))
        assert own_firmware(project) == Firmware(30, 50)
