"""DTR and RTS: what the two lines of a serial port are set to when it is opened.

Many boards restart when DTR comes, some only send while it is there, and some boot loaders are entered by RTS.
"""

from __future__ import annotations

from enum import StrEnum


class ControlLines(StrEnum):
    """A choice per port."""

    BOTH = "both"  # what operating systems do by themselves
    DTR = "dtr"
    RTS = "rts"
    NEITHER = "neither"

    @property
    def dtr(self) -> bool:
        return self in (ControlLines.BOTH, ControlLines.DTR)

    @property
    def rts(self) -> bool:
        return self in (ControlLines.BOTH, ControlLines.RTS)
