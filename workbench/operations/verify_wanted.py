"""What to verify and how: light, so that the window can ask without importing what verifies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.codegen.generated import Option


@dataclass(frozen=True)
class Verify:
    """What to verify and how.

    ``core`` is a core's name, or ``board`` a board's id, whose core it is; with neither, the project's own board.
    ``variant_id`` is a project's variant, the current one when None. ``input_file`` (.npy of the input's dtype)
    replaces the windows; ``output_file`` keeps what the core answered to the last window. ``coded`` stores pruned and
    clustered weights in less flash.
    """

    core: str = ""
    board: str = ""
    option: str = Option.SPEED.value
    variant_id: int | None = None
    input_file: Path | None = None
    output_file: Path | None = None
    coded: bool = True
