"""Names of channels as sketches write them, a unit in brackets behind: ``ax (g)``, ``temp [°C]``."""

from __future__ import annotations

import re

from workbench.project.model import Channel

_UNIT_LETTERS = r"\w °²³µμ%/^·.*-"
_NAME = re.compile(rf"(?P<name>[^\W\d][{_UNIT_LETTERS}]{{0,39}}?)\s*(?:[\[(](?P<unit>[{_UNIT_LETTERS}]{{0,16}})[\])])?")


def named_channel(word: str) -> Channel | None:
    """The channel that a word names; None when it is no name."""
    match = _NAME.fullmatch(word)
    return Channel(match["name"], match["unit"] or "") if match else None
