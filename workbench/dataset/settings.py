"""How recordings become windows, what is predicted from them, and how they are split."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.fields import setting


@dataclass(frozen=True)
class WindowSettings:
    """The pieces of a recording that the model sees one at a time."""

    length_s: float = setting(
        0.0,
        title="Window length",
        help="Time that one prediction looks at; 0 chooses it from the rate and the length of the recordings.",
        unit="s",
        low=0.0,
        high=1e8,
    )
    stride_s: float = setting(
        0.0,
        title="Stride",
        help="Time from the start of one window to the start of the next; 0 takes half a window.",
        unit="s",
        low=0.0,
        high=1e8,
    )


@dataclass(frozen=True)
class TargetSettings:
    """What the model learns to predict."""

    task: str = setting(
        "classification",
        help="Classification names one of the labels; regression predicts a number.",
        choices=("classification", "regression"),
    )
    source: str = setting(
        "label",
        title="Target from",
        help="The label of a window (for regression: a number), or the value of a channel (regression only).",
        choices=("label", "channel"),
    )
    channel: str = setting("", title="Target channel", help="The channel to predict, when the target is a channel.")
    horizon_rows: int = setting(
        0,
        title="Horizon",
        help="How many rows after the window's last one the target lies. Above 0 the channel's own past is part of "
        "the input (a forecast); at 0 it is left out (one sensor stands in for another).",
        unit="rows",
        low=0,
        high=1_000_000,
    )
    unit: str = setting("", title="Target unit", help="Unit of the predicted number; empty takes the channel's.")


@dataclass(frozen=True)
class SplitSettings:
    """Which windows train, which choose (validation), and which are kept for the final report (test)."""

    by: str = setting(
        "recording",
        title="Split by",
        help="What must stay together on one side of the split: 'recording', or the name of a metadata field such "
        "as subject or session.",
    )
    validation_share: float = setting(0.2, help="Share of the windows that models are compared on.", low=0.05, high=0.5)
    test_share: float = setting(0.2, help="Share of the windows kept for the final report.", low=0.05, high=0.5)
    seed: int = setting(1, help="Another number draws another split.", low=0, high=2**31 - 1)
