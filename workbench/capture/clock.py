"""Whose clock a time or a rate is by, and what that clock is good for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """A clock in words, its smallest step in s, and how late it may be read (s)."""

    words: str
    step_s: float
    lateness_s: float = 0.0


COMPUTER = Clock("this computer's clock", 1e-3, 0.5)  # a read is stamped this much too late now and then
BOARD = Clock("the board's clock", 1e-6)
DECLARED = Clock("the board's own word", 1e-6)  # a counter of readings and the rate that the board says it has
MONITOR = Clock("the time stamps of the log", 1e-3, 0.5)  # another program's reads, in ms
GIVEN = Clock("what was set", 0.0)
NOBODYS = Clock("no clock", 0.0)  # all came at once
