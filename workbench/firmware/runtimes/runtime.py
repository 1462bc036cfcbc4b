"""What a sketch needs to know of the runtime that runs its model."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.firmware.inputs import FirmwareFile


@dataclass(frozen=True)
class Runtime:
    """A runtime as files of the sketch's folder and words of its guide.

    ``arena`` is C that the sketch holds, ``begin_arguments`` what it passes to model_begin() and ``arena_words`` ends
    the sentence about that in the header. ``step``, ``trouble`` and ``figure_rows`` (what, value, how it is known) are
    Markdown of the guide, ``file_lines`` its table of the files.
    """

    title: str
    files: tuple[FirmwareFile, ...]
    arena: str
    begin_arguments: str
    arena_words: str
    step: str
    trouble: str
    figure_rows: tuple[tuple[str, str, str], ...]
    file_lines: tuple[tuple[str, str], ...]
