"""How takes are recorded one after another: their length, what begins them, and what is noted of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from workbench.capture.trigger import Edge, Trigger
from workbench.fields import setting

AT_ONCE = "at_once"


@dataclass(frozen=True)
class TakeSettings:
    """Remembered on this computer. By default a take begins at once and lasts until it is ended."""

    length_s: float = setting(
        0.0, title="Length", unit="s", low=0.0, high=3600.0, help="A take ends by itself after this time; 0: by hand"
    )
    takes: int = setting(1, title="Takes", low=1, high=1000, help="How many takes are recorded one after another")
    countdown_s: float = setting(
        0.0, title="Countdown", unit="s", low=0.0, high=60.0, help="Time to get ready before each take"
    )
    start: str = setting(
        AT_ONCE,
        title="Begins",
        choices=(AT_ONCE, "above", "below", "beyond"),
        help="At once, or when a channel goes above the level, below it, or beyond it on either side of zero",
    )
    channel: str = setting("", title="Channel", help="The channel that is watched")
    level: float = setting(1.0, title="Level", help="In the unit of the channel")
    before_s: float = setting(
        0.5, title="Before", unit="s", low=0.0, high=60.0, help="How much of what came ahead of the crossing is kept"
    )
    pictures: int = setting(
        20, title="Pictures", low=0, high=10_000, help="How many pictures a press of Record takes; 0: until it is ended"
    )
    every_s: float = setting(
        0.5, title="One each", unit="s", low=0.0, high=3600.0, help="Time between two pictures; 0: all that come"
    )
    session: str = setting("", title="Session", help="Kept with each take, such as a day or a round of recording")
    placement: str = setting("", title="Placement", help="Kept with each take: where the sensor sits, and how")

    @property
    def seconds(self) -> float | None:
        """The length of a take, None when it is ended by hand."""
        return self.length_s or None

    @property
    def count(self) -> int:
        """How many takes: those ended by hand come one by one."""
        return self.takes if self.length_s else 1

    @property
    def trigger(self) -> Trigger | None:
        """What begins a take, None when nothing has to."""
        if self.start == AT_ONCE:
            return None
        return Trigger(self.channel, self.level, cast(Edge, self.start), self.before_s)

    @property
    def metadata(self) -> dict[str, str]:
        """What is noted of each take."""
        noted = {"session": self.session.strip(), "placement": self.placement.strip()}
        return {key: value for key, value in noted.items() if value}
