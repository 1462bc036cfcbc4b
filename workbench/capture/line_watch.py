"""Follows what the driver of a port counts as lost or damaged, over all the times that the port is opened."""

from __future__ import annotations

import math

from workbench.capture.source import LineErrors, Source

_EVERY_S = 0.5


class LineWatch:
    """The counts are None as long as no driver has told any."""

    def __init__(self) -> None:
        self._before = LineErrors()  # of the times that the port was open before
        self._now: LineErrors | None = None
        self._told = False
        self._looked_back = LineErrors()
        self._due_s = -math.inf

    def look(self, source: Source, now_s: float) -> None:
        """Ask the source, now and then."""
        if now_s < self._due_s:
            return
        self._due_s = now_s + _EVERY_S
        self._now = source.line_errors() or self._now
        self._told = self._told or self._now is not None

    def over(self, source: Source) -> None:
        """The source is about to be closed."""
        self._before += source.line_errors() or self._now or LineErrors()
        self._now, self._due_s = None, -math.inf

    def trouble(self) -> str:
        """What to say of the errors since the last call; "" when there were none."""
        before, self._looked_back = self._looked_back, self.total or self._looked_back
        if self._looked_back.dropped > before.dropped:
            return "The driver has lost bytes: this computer was too busy, or the board sends too fast for its port."
        if self._looked_back.damaged > before.damaged:
            return "Bytes arrive damaged: is the baud rate the one of the sketch, the cable sound?"
        return ""

    @property
    def total(self) -> LineErrors | None:
        """All that was counted."""
        return self._before + (self._now or LineErrors()) if self._told else None

    @property
    def dropped(self) -> int | None:
        """Times that bytes were lost."""
        return None if self.total is None else self.total.dropped

    @property
    def damaged(self) -> int | None:
        """Bytes that came with a framing or parity error."""
        return None if self.total is None else self.total.damaged
