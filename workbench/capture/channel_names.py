"""The names a person gives the channels, in place of those that the format knows or lacks."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from workbench.capture.wire.names import named_channel
from workbench.capture.wire.parser import Rows
from workbench.errors import BadSetting
from workbench.project.model import Channel


class ChannelNames:
    """Names for readings of as many values; others keep theirs. Raises BadSetting for what is no name."""

    def __init__(self, names: Sequence[str]) -> None:
        self._channels = tuple(map(_channel, names))
        called = [channel.name for channel in self._channels]
        twice = next((name for name in called if called.count(name) > 1), None)
        if twice is not None:
            raise BadSetting(f"Two channels are called {twice!r}.", where="channel names", to_do="Tell them apart.")

    def put_on(self, rows: Rows) -> Rows:
        """The same readings under the given names."""
        if not self._channels or len(self._channels) != len(rows.channels):
            return rows
        return dataclasses.replace(rows, channels=self._channels)

    def misfit(self, channels: Sequence[Channel]) -> str:
        """What to say when readings come for which there are too many or too few names; "" when all is well."""
        if not self._channels or not channels or len(channels) == len(self._channels):
            return ""
        return f"{len(self._channels)} channel names were given, but the board sends {len(channels)} values a reading."


def _channel(word: str) -> Channel:
    found = named_channel(word.strip())
    if found is None:
        to_do = "Begin with a letter, and put the unit in brackets behind."
        raise BadSetting(f"{word!r} cannot be the name of a channel.", where="channel names", to_do=to_do)
    return found
