"""Where a prediction's energy goes: arithmetic, memory, sending, sleeping; and how long a battery lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from workbench.boards import Board
from workbench.fields import check
from workbench.figures import Figure, Part, Source
from workbench.graph.model import Graph
from workbench.quantities import percent, quantity
from workbench.target.cost import count_operations
from workbench.target.cycles import InstructionMix
from workbench.target.duty import Duty
from workbench.target.radios import RadioCost, energy_file, radio_costs, sending

_HOUR_S = 3600


@dataclass(frozen=True)
class EnergyReport:
    """Energy from one prediction to the next, in J, and the battery's life with result or raw data sent, in s.

    ``latency`` is what ``inference`` follows from, both with computing its features; the parts of ``inference`` are
    features, arithmetic and memory. ``asleep`` is what the board takes meanwhile. ``saves`` tells whether the model
    takes less than sending the raw data, None where the bands leave that open. A figure that nobody can know says why
    in its note; ``remarks`` are what a reader has to be told.
    """

    board: str
    radio: str
    duty: Duty
    latency: Figure
    inference: Figure
    send_result: Figure
    send_raw: Figure
    asleep: Figure
    life: Figure
    life_raw: Figure
    raw_bytes: int
    saves: bool | None = None
    remarks: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def energy_report(
    graph: Graph,
    latency: Figure,
    energy: Figure,
    board: Board,
    duty: Duty,
    *,
    raw_bytes: int | None = None,
    mix: InstructionMix | None = None,
    features_share: float = 0.0,
) -> EnergyReport:
    """What a model on a board takes in use, of which one prediction takes ``latency`` (s) and ``energy`` (J).

    ``features_share`` of that computes features, the rest is the inference. ``mix`` is what the inference's
    instructions do, once they were emulated. ``raw_bytes`` is what raw data take where the duty does not say; None
    takes the model's input. Raises BadSetting.
    """
    check(duty)
    radio = radio_costs()[duty.radio]
    fallback = sum(tensor.bytes for tensor in graph.input_tensors) if raw_bytes is None else raw_bytes
    raw = duty.raw_bytes or fallback
    inference = _parted(energy, graph, mix, features_share)
    send_result, send_raw = sending(radio, board, duty.sent_bytes), sending(radio, board, raw)
    asleep = _asleep(board, duty)
    late = _too_late("Predicting and sending the result", (latency.value or 0.0) + radio.seconds(duty.sent_bytes), duty)
    late_raw = _too_late(f"Sending the raw data by {radio.title}", radio.seconds(raw), duty)
    life = Figure(unit="s", note=late) if late else _life(board, duty, (inference, send_result))
    life_raw = Figure(unit="s", note=late_raw) if late_raw else _life(board, duty, (send_raw,))
    saves, gain = (None, "") if late or late_raw else _gain(inference, send_result, send_raw)
    notes = (*(one.note for one in (inference, life, life_raw) if one.value is None), _too_often(radio, duty), gain)
    remarks = tuple(dict.fromkeys(filter(None, notes)))
    return EnergyReport(
        board.id, radio.title, duty, latency, inference, send_result, send_raw, asleep, life, life_raw, raw,
        saves, remarks,
    )  # fmt: skip


def _parted(whole: Figure, graph: Graph, mix: InstructionMix | None, features_share: float) -> Figure:
    """The energy of a prediction: its features, and the rest by the operation table as arithmetic and memory."""
    table = energy_file()["operations"]
    arithmetic, memory = _of_operations(graph, table) if mix is None else _of_instructions(mix, table["emulated"])
    if whole.value is None or not arithmetic:
        return whole
    features = whole.value * features_share
    inference, share = whole.value - features, arithmetic / (arithmetic + memory)
    parts = [Part("arithmetic", inference * share), Part("memory", inference * (1 - share))]
    if features:
        parts.insert(0, Part("features", features))
    how = table["how" if mix is None else "how_emulated"]
    return replace(whole, parts=tuple(parts), note=f"{whole.note}. Parted by: {table['source']} {how}")


def _of_operations(graph: Graph, table: Mapping[str, Any]) -> tuple[float, float]:
    """pJ of arithmetic and of memory, from what the model multiplies."""
    arithmetic = memory = 0.0
    for count in count_operations(graph):
        costs = table[count.arithmetic]
        arithmetic += count.macs * costs["multiply_accumulate_pj"]
        memory += count.macs * 2 * costs["read_pj"]
    return arithmetic, memory


def _of_instructions(mix: InstructionMix, costs: Mapping[str, float]) -> tuple[float, float]:
    """pJ of arithmetic and of memory, from what the emulated core did."""
    arithmetic = mix.multiplications * costs["multiply_pj"] + mix.others * costs["other_pj"]
    return arithmetic, mix.moved * costs["move_pj"]


def _asleep(board: Board, duty: Duty) -> Figure:
    """What the board takes from one prediction to the next while it sleeps."""
    if board.sleep_ma is None:
        return Figure(note=f"Nobody says what {board.name} draws asleep.")
    joules = board.sleep_ma / 1000 * board.supply_v * duty.every_s
    note = f"{quantity(board.sleep_ma / 1000, 'A')} asleep at {quantity(board.supply_v, 'V')}"
    return Figure(joules, "J", Source.ESTIMATED, joules, joules, note=note)


def _too_late(what: str, seconds: float, duty: Duty) -> str:
    """A sentence when something takes longer than there is until the next prediction."""
    if seconds <= duty.every_s:
        return ""
    return f"{what} takes {quantity(seconds, 's')}, and the next prediction is due after {quantity(duty.every_s, 's')}."


def _too_often(radio: RadioCost, duty: Duty) -> str:
    """A sentence when sending results takes more of the time than rules allow."""
    share = radio.seconds(duty.sent_bytes) / duty.every_s
    if share <= radio.most_share:
        return ""
    return f"{radio.title} may send {percent(radio.most_share)} of the time in Europe; here it is {percent(share)}."


def _gain(inference: Figure, result: Figure, raw: Figure) -> tuple[bool | None, str]:
    """Whether predicting and sending the result takes less than sending the raw data, and a sentence unless it does.

    What a radio takes in truth is the same factor of both messages, so they are at the same end of their bands.
    """
    if inference.value is None:
        return None, ""

    def excess(computing: str, radio: str) -> float:
        total: float = getattr(inference, computing) + getattr(result, radio) - getattr(raw, radio)
        return total

    if max(excess("high", "low"), excess("high", "high")) < 0:
        return True, ""
    if min(excess("low", "low"), excess("low", "high")) > 0:
        return False, "The model takes more energy than it saves: sending the raw data takes less."
    if excess("value", "value") < 0:
        return None, "Within the bands, sending the raw data could also take less."
    return None, "Within the bands, the model could also take less than sending the raw data."


def _life(board: Board, duty: Duty, spent: tuple[Figure, ...]) -> Figure:
    """Seconds until the battery is empty when each period takes ``spent`` and the board sleeps otherwise.

    Where nobody knows what it draws asleep there is only ``high``, as if that were nothing.
    """
    unknown = next((figure for figure in spent if figure.value is None), None)
    if unknown is not None:
        return Figure(unit="s", note=unknown.note)
    stored = duty.battery_mah / 1000 * board.supply_v * _HOUR_S
    asleep = (board.sleep_ma or 0.0) / 1000 * board.supply_v

    def seconds(energies: list[float | None]) -> float | None:
        watts = asleep + sum(energy or 0.0 for energy in energies) / duty.every_s
        return stored / watts if watts else None

    typical = seconds([figure.value for figure in spent])
    if typical is None:
        return Figure(unit="s", note="Nothing is computed or sent, so nothing can be said.")
    low, high = seconds([figure.high for figure in spent]), seconds([figure.low for figure in spent])
    if board.sleep_ma is None:
        return Figure(unit="s", high=high, note=f"Nobody says what {board.name} draws asleep.")
    battery = f"{quantity(duty.battery_mah, 'mAh')} at {quantity(board.supply_v, 'V')}"
    note = f"{battery}, {quantity(board.sleep_ma / 1000, 'A')} asleep; sensors not counted"
    return Figure(typical, "s", Source.ESTIMATED, low, high, note=note)
