"""Where a prediction's energy goes: arithmetic, memory, sending; and how long a battery lasts."""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workbench.boards import Board
from workbench.errors import BadSetting
from workbench.figures import Figure, Part, Source
from workbench.graph.model import Graph
from workbench.resources import resource
from workbench.target.estimate import Estimate

_HOUR_S = 3600


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

    def seconds(self, size: int) -> float:
        """Seconds on air for a message of ``size`` bytes; nothing for an empty one."""
        if size <= 0:
            return 0.0
        packets = math.ceil(size / self.payload_bytes)
        bits = 8 * (size + packets * self.overhead_bytes)
        return self.start_s + packets * self.gap_s + bits / self.bits_per_second


@dataclass(frozen=True)
class Duty:
    """How a device is used: a prediction every ``every_s`` seconds, ``sent_bytes`` sent for each.

    ``raw_bytes`` is what would be sent without the model; ``battery_mah`` at the board's supply voltage.
    """

    radio: str = "ble"
    every_s: float = 1.0
    sent_bytes: int = 4
    raw_bytes: int | None = None
    battery_mah: float = 220.0


@dataclass(frozen=True)
class EnergyReport:
    """Energy of one prediction, in J, and the battery's life with the result sent and with the raw data sent, in s.

    ``inference`` has the parts arithmetic and memory. A figure that nobody can know says why in its note.
    """

    board: str
    radio: str
    inference: Figure
    send_result: Figure
    send_raw: Figure
    life: Figure
    life_raw: Figure

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def energy_report(graph: Graph, estimate: Estimate, board: Board, duty: Duty) -> EnergyReport:
    """What a model on a board takes in use; BadSetting when the duty makes no sense."""
    _check(duty)
    radio = radio_costs()[duty.radio]
    raw_bytes = sum(t.bytes for t in graph.input_tensors) if duty.raw_bytes is None else duty.raw_bytes
    inference = _parted(estimate)
    result, raw = _sending(radio, board, duty.sent_bytes), _sending(radio, board, raw_bytes)
    return EnergyReport(
        board.id, radio.title, inference, result, raw,
        _life(board, duty, (inference, result)),
        _life(board, duty, (raw,)),
    )  # fmt: skip


@functools.cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(resource("radios.toml").read_text(encoding="utf-8"))


@functools.cache
def radio_costs() -> Mapping[str, RadioCost]:
    """The kinds of radio, by name."""
    return {name: RadioCost(**row) for name, row in _file()["radios"].items()}


def _check(duty: Duty) -> None:
    if duty.radio not in radio_costs():
        raise BadSetting(f"There is no radio {duty.radio!r}.", to_do=f"Choose one of: {', '.join(radio_costs())}.")
    for name, value in (("time between predictions", duty.every_s), ("battery", duty.battery_mah)):
        if not (math.isfinite(value) and value > 0):
            raise BadSetting(f"The {name} has to be more than nothing, not {value:g}.")
    if duty.sent_bytes < 0 or (duty.raw_bytes or 0) < 0:
        raise BadSetting("Nobody can send less than nothing.")


def _parted(estimate: Estimate) -> Figure:
    """The energy of an inference, parted by the operation table into arithmetic and memory."""
    whole = estimate.energy
    if whole.value is None or not estimate.macs:
        return whole
    operations = _file()["operations"]
    arithmetic, memory = operations["multiply_accumulate_pj"], 2 * operations["read_byte_pj"]
    share = arithmetic / (arithmetic + memory)
    parts = (Part("arithmetic", whole.value * share), Part("memory", whole.value * (1 - share)))
    note = f"{whole.note}. Parted by: {operations['source']}"
    return Figure(whole.value, "J", whole.source, whole.low, whole.high, parts=parts, note=note)


def _sending(radio: RadioCost, board: Board, size: int) -> Figure:
    """Joules to send a message, with the board's own transmit current where it is known."""
    own = [r.tx_ma for r in board.radios if r.tx_ma is not None and radio.board_kind and radio.board_kind in r.kind]
    current, volts = (own[0], board.supply_v) if own else (radio.tx_ma, radio.supply_v)
    joules = radio.seconds(size) * current * volts / 1000
    note = f"{radio.title}, {size:,} bytes, {current:g} mA at {volts:g} V. {radio.source}"
    return Figure(joules, "J", Source.ESTIMATED, joules * radio.low, joules * radio.high, note=note)


def _life(board: Board, duty: Duty, spent: tuple[Figure, ...]) -> Figure:
    """Seconds until the battery is empty when each period takes ``spent`` and the board sleeps otherwise."""
    if board.sleep_ma is None:
        return Figure(unit="s", note=f"Nobody says what {board.name} draws asleep.")
    stored = duty.battery_mah / 1000 * board.supply_v * _HOUR_S
    asleep = board.sleep_ma / 1000 * board.supply_v

    def seconds(energies: list[float | None]) -> float | None:
        known = [energy for energy in energies if energy is not None]
        return stored / (asleep + sum(known) / duty.every_s) if len(known) == len(energies) else None

    typical = seconds([figure.value for figure in spent])
    note = f"{duty.battery_mah:g} mAh at {board.supply_v:g} V, {board.sleep_ma:g} mA asleep; sensors not counted"
    if typical is None:
        return Figure(unit="s", note=next(figure.note for figure in spent if figure.value is None))
    low, high = seconds([figure.high for figure in spent]), seconds([figure.low for figure in spent])
    return Figure(typical, "s", Source.ESTIMATED, low, high, note=note)
