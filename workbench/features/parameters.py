"""Everything the board needs to compute the same features: block, shapes and normalisation."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench import fields
from workbench.errors import BadProject
from workbench.features.settings import FeatureSettings


@dataclass(frozen=True)
class FeatureParameters:
    """A feature block fitted to training windows.

    ``input_shape`` is (T, C) for series, (H, W, C) for pictures; ``output_shape`` is the block's, flattened in C
    order on the board. Output i is ``(feature[i] - mean[i % n]) / std[i % n]`` in float32 with n = len(mean):
    one pair a channel for raw samples, one a feature otherwise. ``rate_hz`` is None for pictures;
    ``stride_rows`` is 0 for pictures.
    """

    settings: FeatureSettings
    rate_hz: float | None
    channels: tuple[str, ...]
    input_shape: tuple[int, ...]
    stride_rows: int
    output_shape: tuple[int, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def block(self) -> str:
        return self.settings.block

    @property
    def window_rows(self) -> int:
        return self.input_shape[0]

    @property
    def picture(self) -> bool:
        return len(self.input_shape) == 3


def to_json(parameters: FeatureParameters) -> dict[str, Any]:
    """A plain dictionary; floats survive the round trip exactly."""
    return dataclasses.asdict(parameters) | {"block": parameters.block, "window_rows": parameters.window_rows}


def from_json(data: Mapping[str, Any]) -> FeatureParameters:
    """The reverse of to_json; BadProject when something is missing or of the wrong kind."""
    try:
        return FeatureParameters(
            settings=fields.from_json(FeatureSettings, data["settings"]),
            rate_hz=None if data["rate_hz"] is None else float(data["rate_hz"]),
            channels=tuple(str(name) for name in data["channels"]),
            input_shape=tuple(int(n) for n in data["input_shape"]),
            stride_rows=int(data["stride_rows"]),
            output_shape=tuple(int(n) for n in data["output_shape"]),
            mean=tuple(float(x) for x in data["mean"]),
            std=tuple(float(x) for x in data["std"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadProject(
            "The feature parameters of this run cannot be read.", where=str(error), to_do="Train again."
        ) from error
