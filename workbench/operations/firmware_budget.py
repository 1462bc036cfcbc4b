"""What the user's own firmware takes, read from what their build wrote."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from workbench.memory.budget import Firmware
from workbench.memory.own_firmware.read import read_firmware
from workbench.operations.outcome import Outcome
from workbench.operations.settings import change_settings
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project


def read_firmware_budget(project: Project, path: Path) -> Outcome[Firmware]:
    """Save the flash and RAM of a linked program (ELF, GNU ld map file or output of ``size``) as the project's budget.

    Raises BadFile when the file cannot be read, BadSetting when it takes more than any board has; then nothing changed.
    """
    firmware = read_firmware(path)
    wanted = dataclasses.replace(
        project.settings(ProjectSettings),
        firmware_flash_bytes=firmware.flash_bytes,
        firmware_ram_bytes=firmware.ram_bytes,
    )
    changed = change_settings(project, wanted).changed
    return Outcome(firmware, changed)
