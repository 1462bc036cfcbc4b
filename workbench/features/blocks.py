"""The table of feature blocks. A new block is a module like raw.py, a line here and its C twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.errors import NotSupported
from workbench.features import raw, spectrum, statistics
from workbench.features.settings import FeatureSettings

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Block:
    """One way to turn windows into features.

    ``compute`` takes windows (N, T, C), or (N, H, W, C) where ``takes_pictures``, and gives (N, *output_shape);
    ``names`` labels the first axis of the output; ``state_bytes`` is the RAM its C twin needs beside window and
    output; ``c_files`` lie in ``resources/c/features``. ``pairs_from_axis`` is the axis of one window's output
    from which on every element has its own mean and standard deviation.
    """

    name: str
    output_shape: Callable[[Shape, FeatureSettings], Shape]
    compute: Callable[[NDArray[np.float32], FeatureSettings], NDArray[np.float32]]
    names: Callable[[Shape, FeatureSettings, float | None], tuple[str, ...]]
    state_bytes: Callable[[Shape, FeatureSettings], int]
    c_files: tuple[str, ...]
    pairs_from_axis: int
    takes_pictures: bool


BLOCKS = {
    block.name: block
    for block in (
        Block("raw", raw.output_shape, raw.compute, raw.names, raw.state_bytes, ("raw.c", "raw.h"), -1, True),
        Block(
            "statistics",
            statistics.output_shape,
            statistics.compute,
            statistics.names,
            statistics.state_bytes,
            ("statistics.c", "statistics.h"),
            0,
            False,
        ),
        Block(
            "spectrum",
            spectrum.output_shape,
            spectrum.compute,
            spectrum.names,
            spectrum.state_bytes,
            ("spectrum.c", "spectrum.h"),
            0,
            False,
        ),
    )
}


def find_block(settings: FeatureSettings, input_shape: Shape) -> Block:
    """The block that ``settings`` name; NotSupported when it cannot take windows of this shape."""
    block = BLOCKS[settings.block]
    if len(input_shape) == 3 and not block.takes_pictures:
        raise NotSupported(
            f"The {block.name} features are for time series, not for pictures.",
            where="block",
            to_do="Choose raw features.",
        )
    return block
