"""What sending takes by kind of radio, as ``resources/radios.toml`` says with its sources."""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.boards import Board
from workbench.figures import Figure, Source
from workbench.quantities import quantity
from workbench.resources import resource


@dataclass(frozen=True)
class RadioCost:
    """What sending takes with a kind of radio; see ``resources/radios.toml`` for the formula."""

    title: str
    tx_ma: float
    supply_v: float
    bits_per_second: float
    payload_bytes: int
    overhead_bytes: int
    gap_s: float
    start_s: float
    low: float
    high: float
    source: str
    board_kind: str = ""
    most_share: float = 1.0

    def seconds(self, size: int) -> float:
        """Seconds that a message of ``size`` bytes takes; nothing for an empty one."""
        if size <= 0:
            return 0.0
        packets = math.ceil(size / self.payload_bytes)
        bits = 8 * (size + packets * self.overhead_bytes)
        return self.start_s + packets * self.gap_s + bits / self.bits_per_second


@functools.cache
def energy_file() -> Mapping[str, Any]:
    """The resource as it stands."""
    return tomllib.loads(resource("radios.toml").read_text(encoding="utf-8"))


@functools.cache
def radio_costs() -> Mapping[str, RadioCost]:
    """The kinds of radio, by name."""
    return {name: RadioCost(**row) for name, row in energy_file()["radios"].items()}


def sending(radio: RadioCost, board: Board, size: int) -> Figure:
    """Joules to send a message, with the board's own transmit current where it is known."""
    own = [r.tx_ma for r in board.radios if r.tx_ma is not None and radio.board_kind and radio.board_kind in r.kind]
    current, volts = (own[0], board.supply_v) if own else (radio.tx_ma, radio.supply_v)
    seconds = radio.seconds(size)
    joules = seconds * current * volts / 1000
    whose = "the board's own" if own else "usual for such radios"
    note = (
        f"{radio.title}: {size:,} bytes in {quantity(seconds, 's')} at {current:g} mA, {whose}, and {volts:g} V. "
        f"{radio.source}"
    )
    return Figure(joules, "J", Source.ESTIMATED, joules * radio.low, joules * radio.high, note=note)
