"""Where the examples come from that the int8 form of a given model takes its ranges from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.convert.keras_file import LoadedModel, ModelInput
from workbench.convert.keras_model import Example
from workbench.dataset.build import build_dataset
from workbench.errors import BadFile, NotPossible, NotSupported
from workbench.features.compute import compute
from workbench.features.settings import FeatureSettings
from workbench.project.store import Project

MOST_EXAMPLES = 400  # more move the ranges no further
_RANDOM_EXAMPLES = 100
_SEED = 0
_MAX_VALUES = 1 << 28


@dataclass(frozen=True)
class Calibration:
    """Examples, and in words where they come from."""

    values: Sequence[Example]
    words: str


def examples_for(loaded: LoadedModel, project: Project, file: Path | None) -> Calibration:
    """From the file that was named, else from the project's recordings where they fit, else random values.

    Raises BadFile when the file does not hold examples for the model, NotSupported when random values would be no
    examples.
    """
    if file is not None:
        return _from_file(loaded, file)
    return _from_recordings(loaded, project) or random_examples(loaded)


def random_examples(loaded: LoadedModel) -> Calibration:
    """Standard normal values: they give an int8 model of the right size and speed, whose accuracy nobody knows."""
    if any(not one.dtype.startswith("float") for one in loaded.inputs):
        kinds = ", ".join(one.dtype for one in loaded.inputs)
        raise NotSupported(
            f"The model takes {kinds}: random values would be no examples of that.", to_do="Give examples in an .npy."
        )
    rng = np.random.default_rng(_SEED)
    values = [
        tuple(rng.normal(size=(1, *one.shape)).astype(np.float32) for one in loaded.inputs)
        for _ in range(_RANDOM_EXAMPLES)
    ]
    return Calibration(values, "random values")


def _from_recordings(loaded: LoadedModel, project: Project) -> Calibration | None:
    """The project's windows through its feature block, as recorded: how the model's author scaled them is not known."""
    if len(loaded.inputs) != 1 or not project.recordings():
        return None
    try:
        windows = build_dataset(project).windows
        features = compute(_spread(windows), project.settings(FeatureSettings))
    except NotPossible:  # too little, or not labelled: random values do
        return None
    if not _fits(features.shape[1:], loaded.inputs[0]):
        return None
    return Calibration(_single(features, loaded.inputs[0]), f"{len(features):,} windows of the project's recordings")


def _from_file(loaded: LoadedModel, file: Path) -> Calibration:
    where = str(file)
    if len(loaded.inputs) != 1:
        raise BadFile(
            f"The model has {len(loaded.inputs)} inputs, an .npy holds one array.",
            where=where,
            to_do="Leave the examples out: random values are taken then.",
        )
    try:
        array = np.load(file, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise BadFile(f"The examples cannot be read: {error.strerror or error}.", where=where) from error
    except (ValueError, EOFError, SyntaxError, MemoryError) as error:
        raise BadFile("This is no .npy file of numbers.", where=where) from error
    wanted = loaded.inputs[0]
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "iuf" or array.size == 0:
        raise BadFile("This is no .npy file of numbers.", where=where)
    if not _fits(array.shape[1:], wanted) or math.prod(wanted.shape) * MOST_EXAMPLES > _MAX_VALUES:
        raise BadFile(
            f"The array has the shape {array.shape}; the model takes {('N', *wanted.shape)}.".replace("'", ""),
            where=where,
            to_do="Save one example a row.",
        )
    values = np.asarray(_spread(array), dtype=np.float32)
    if not np.isfinite(values).all():
        raise BadFile("Some of its numbers are not finite.", where=where)
    return Calibration(_single(values, wanted), f"{len(values):,} examples of {file.name}")


def _spread(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """At most as many as are needed, from all over."""
    places = np.linspace(0, len(values) - 1, min(len(values), MOST_EXAMPLES)).astype(np.int64)
    return values[np.unique(places)]


def _fits(shape: tuple[int, ...], wanted: ModelInput) -> bool:
    """Sides of length 1 make no difference: (49, 10) is as good as (49, 10, 1)."""
    return [side for side in shape if side != 1] == [side for side in wanted.shape if side != 1]


def _single(values: NDArray[np.float32], wanted: ModelInput) -> list[Example]:
    kind = np.dtype(wanted.dtype if wanted.dtype != "bfloat16" else "float32")
    return [(value.reshape(1, *wanted.shape).astype(kind),) for value in values]
