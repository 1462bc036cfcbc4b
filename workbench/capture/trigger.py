"""What starts a take by itself: one channel crossing a level, as on an oscilloscope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.project.model import Channel

Edge = Literal["above", "below", "beyond"]


@dataclass(frozen=True)
class Trigger:
    """A channel goes above a level, below it, or beyond it on either side of zero.

    The take begins ``before_s`` ahead of that. Only a crossing counts: a signal that stays beyond the level fires
    once.
    """

    channel: str
    level: float
    edge: Edge = "above"
    before_s: float = 0.0

    def column(self, channels: tuple[Channel, ...]) -> int | None:
        """The place of the channel, None when there is none of its name."""
        return next((place for place, channel in enumerate(channels) if channel.name == self.channel), None)

    def crossing(self, values: NDArray[np.float32], previous: float | None, first: int = 0) -> int | None:
        """The first row from ``first`` on at which the channel's ``values`` (n,) cross; ``previous`` came before them.

        None when they do not.
        """
        line = np.concatenate((values[:1] if previous is None else np.array([previous], np.float32), values))
        if self.edge == "beyond":
            line = np.abs(line)
        beyond = line < self.level if self.edge == "below" else line > self.level
        found = np.flatnonzero(beyond[1:] & ~beyond[:-1])
        found = found[found >= first]
        return int(found[0]) if len(found) else None
