"""A take of pictures: so many, one each so many seconds, as they come; each of them becomes a recording."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from workbench.capture.rate import Rate
from workbench.capture.recorder import TakePlan
from workbench.capture.status import Take, TakenPicture, TakeStage
from workbench.capture.wire.parser import Rows
from workbench.errors import BadProject
from workbench.project.pictures import PictureAbout, PictureFile, PictureWriter

MOST_PICTURES = 10_000  # in one take
_DIED = "The capture process ended unexpectedly; the pictures taken until then are kept."


class PictureTake:
    """Takes the first picture that comes, and then one each ``every_s``, until it has all. Readings are let pass."""

    awaited = ""  # what it waits for: nothing

    def __init__(self, plan: TakePlan, clock: Callable[[], float]) -> None:
        assert plan.pictures is not None  # noqa: S101 - this is what makes it a take of pictures
        self.stage = TakeStage.RUNNING
        self.problem = ""
        self._plan = plan
        self._wanted = min(plan.pictures.count or MOST_PICTURES, MOST_PICTURES)
        self._every_s = plan.pictures.every_s
        self._due_s = clock()
        self._created = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        self._taken: list[TakenPicture] = []
        self._writer: PictureWriter | None = None

    @property
    def rows(self) -> int:
        """How many pictures have been taken."""
        return len(self._taken)

    def see(self, pixels: NDArray[np.uint8], read_s: float) -> None:
        """A picture, uint8 (H, W, C), has come: take it if one is due."""
        if self.stage is TakeStage.COMPLETE or self.problem or read_s < self._due_s:
            return
        # From one due time to the next, not from picture to picture: lateness does not add up.
        self._due_s = max(self._due_s + self._every_s, read_s + self._every_s / 2)
        name = self._plan.picture_name(len(self._taken) + 1)
        try:
            if self._writer is None:
                about = PictureAbout(dict(self._plan.metadata), self._plan.source, self._created)
                self._writer = PictureWriter(self._plan.path, about)
            self._writer.write(name, self._plan.label, pixels)
        except OSError as error:
            self.problem = f"The recording stopped: {error.strerror or error}. What was written before is kept."
            return
        height, width, colours = pixels.shape
        self._taken.append(TakenPicture(name, (height, width, colours)))
        if len(self._taken) == self._wanted:
            self.stage = TakeStage.COMPLETE

    def write(self, rows: Rows, lost: int, read_s: float, rate: Rate | None) -> None:
        """Readings are not part of such a take."""

    def keep_safe(self, now_s: float) -> None:
        """Each picture is handed to the operating system when it is taken."""

    def end_part(self) -> None:
        """A gap between pictures is nothing to remember."""

    def close(self, bad_lines: int) -> Take:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()
        return _take(self._plan, self._taken, self.problem)


def pictures_on_disk(plan: TakePlan) -> Take:
    """What a take that was killed has left."""
    try:
        stored = PictureFile(plan.path)
        taken = []
        for row in range(len(stored)):
            name, _, pixels = stored[row]
            height, width, colours = pixels.shape
            taken.append(TakenPicture(name, (height, width, colours)))
    except BadProject:
        taken = []
    return _take(plan, taken, _DIED)


def _take(plan: TakePlan, taken: list[TakenPicture], note: str) -> Take:
    file = plan.path if taken else None
    return Take(plan.label, dict(plan.metadata), note=note, pictures=tuple(taken), picture_file=file)
