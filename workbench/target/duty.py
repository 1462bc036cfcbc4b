"""How a device is used: how often it predicts, what it sends, and what feeds it."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.fields import setting
from workbench.target.radios import radio_costs


@dataclass(frozen=True)
class Duty:
    """A prediction every ``every_s`` seconds, its result sent; ``raw_bytes`` would be sent without the model.

    The battery's capacity is taken at the board's supply voltage.
    """

    radio: str = setting("ble", help="What sends the result.", choices=tuple(radio_costs()))
    every_s: float = setting(
        1.0,
        title="Prediction interval",
        unit="s",
        low=0.01,
        high=604_800,
        help="From one prediction to the next; the board sleeps in between.",
    )
    sent_bytes: int = setting(
        4,
        title="Sent for each",
        unit="B",
        low=0,
        high=10_000_000,
        help="What is sent after each prediction: a class and its score take some bytes, and 0 sends nothing.",
    )
    raw_bytes: int = setting(
        0,
        title="Raw data",
        unit="B",
        low=0,
        high=10_000_000,
        help="What would be sent instead of each result if the device had no model; 0 takes what was sampled since the "
        "prediction before, a window at the most, and of a model of unknown origin its input.",
    )
    battery_mah: float = setting(
        220.0,
        title="Battery",
        unit="mAh",
        low=1,
        high=1_000_000,
        help="The battery's capacity: a CR2032 has some 220 mAh, two AA cells in series some 2,500.",
    )
