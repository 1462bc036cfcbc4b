"""Windows with their targets, as the rest of the line takes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Targets = NDArray[np.int64] | NDArray[np.float32]


@dataclass(frozen=True)
class Dataset:
    """Windows with their targets.

    ``windows`` is float32, (N, T, C) or, for pictures, (N, H, W, C) with values 0..255. ``targets`` (N,) holds
    int64 indices into ``classes``, or float32 values in ``target_unit``. ``recording_ids`` and ``starts`` (rows)
    tell where each window comes from; ``metadata`` is that of the recordings by their id. ``rate_hz`` is None and
    ``stride_rows`` 0 for pictures. ``messages`` is what the user should know of what was left out.
    """

    task: str
    windows: NDArray[np.float32]
    targets: Targets
    classes: tuple[str, ...]
    target_unit: str
    recording_ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    stride_rows: int
    metadata: dict[int, dict[str, str]]
    channels: tuple[str, ...]
    units: tuple[str, ...]
    rate_hz: float | None
    messages: tuple[str, ...] = ()

    @property
    def picture(self) -> bool:
        return self.windows.ndim == 4

    @property
    def count(self) -> int:
        return len(self.windows)

    @property
    def input_shape(self) -> tuple[int, ...]:
        return tuple(int(n) for n in self.windows.shape[1:])
