"""Features and targets of each part of the split, ready for a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench import fields
from workbench.dataset.build import build_dataset, recordings_for
from workbench.dataset.dataset import Dataset, Targets
from workbench.dataset.settings import SplitSettings, TargetSettings, WindowSettings
from workbench.dataset.split import Split, restore_split, split_dataset
from workbench.dataset.windows import WindowRows
from workbench.errors import NotEnoughData, NotPossible
from workbench.features import compute
from workbench.features.parameters import FeatureParameters, from_json
from workbench.features.settings import FeatureSettings
from workbench.project.model import Run
from workbench.project.store import Project
from workbench.training.sketch import model_input_shape


@dataclass(frozen=True)
class Prepared:
    """A dataset with its split and its fitted features."""

    dataset: Dataset
    split: Split
    features: FeatureParameters

    def indices(self, part: str) -> NDArray[np.int64]:
        """Window indices of "train", "validation" or "test"."""
        found: NDArray[np.int64] = getattr(self.split, part)
        return found

    def inputs(self, part: str) -> NDArray[np.float32]:
        """Normalised features (N, *model input shape), float32."""
        return self.as_inputs(self.dataset.windows[self.indices(part)])

    def as_inputs(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Windows (N, T, C) or (N, H, W, C) as normalised features (N, *model input shape), float32."""
        features = compute.apply(self.features, windows)
        return features.reshape(len(features), *model_input_shape(self.features.output_shape))

    def targets(self, part: str) -> Targets:
        """Class indices (N,) int64, or values (N,) float32."""
        return self.dataset.targets[self.indices(part)]


def prepare(project: Project) -> Prepared:
    """The project's data under its current settings; features are fitted on the training split alone."""
    dataset = build_dataset(project)
    split = split_dataset(dataset, project.settings(SplitSettings))
    if dataset.task == "classification" and len(dataset.classes) < 2:
        raise NotEnoughData(
            f"There is only one class, {dataset.classes[0]!r}.", to_do="Record or label at least a second one."
        )
    return with_features(dataset, split, project.settings(FeatureSettings))


def with_features(dataset: Dataset, split: Split, settings: FeatureSettings) -> Prepared:
    """A dataset with features fitted on its training split."""
    features = compute.fit(
        dataset.windows[split.train],
        settings,
        rate_hz=dataset.rate_hz,
        channels=dataset.channels,
        stride_rows=dataset.stride_rows,
    )
    return Prepared(dataset, split, features)


def prepare_again(project: Project, run: Run) -> Prepared:
    """The data of an earlier run: its settings, its split, its features, on what the project holds today.

    Recordings that came later, and classes that the model does not know, are left out. Raises NotPossible when
    what is left is not what the model takes.
    """
    features = from_json(run.features)
    # A length that was chosen from the recordings might be chosen differently today.
    windows = WindowRows(features.window_rows, max(1, features.stride_rows))
    recordings = recordings_for(project.recordings(), features.channels, features.rate_hz, features.input_shape)
    if not recordings:
        raise NotPossible(
            "No recording has the channels and the rate that this model was trained with.", to_do="Train again."
        )
    dataset = build_dataset(project, windows, saved_settings(run, TargetSettings), recordings)
    if dataset.input_shape != features.input_shape or dataset.channels != features.channels:
        raise NotPossible(
            "The recordings have other channels or another rate than when this model was trained.",
            to_do="Train again.",
        )
    if run.task == "classification":
        dataset = _with_classes(dataset, run.classes)
    split = restore_split(dataset, run.split)
    for part in ("train", "validation", "test"):
        if not len(getattr(split, part)):
            raise NotPossible(f"Nothing is left of this model's {part} split.", to_do="Train again.")
    return Prepared(dataset, split, features)


def _with_classes(dataset: Dataset, classes: tuple[str, ...]) -> Dataset:
    """The dataset with targets as indices into ``classes``; windows of other classes are left out."""
    index = np.array([classes.index(name) if name in classes else -1 for name in dataset.classes], dtype=np.int64)
    targets = index[dataset.targets.astype(np.int64)]
    known = targets >= 0
    return dataclasses.replace(
        dataset,
        windows=dataset.windows if known.all() else dataset.windows[known],
        targets=targets[known],
        classes=classes,
        recording_ids=dataset.recording_ids[known],
        starts=dataset.starts[known],
    )


def settings_snapshot(project: Project, *others: Any) -> dict[str, dict[str, Any]]:
    """Every setting that a run depends on, by the name of its class."""
    saved = [project.settings(cls) for cls in (WindowSettings, TargetSettings, SplitSettings, FeatureSettings)]
    return {type(one).__name__: fields.to_json(one) for one in (*saved, *others)}


def saved_settings(run: Run, cls: type[fields.S]) -> fields.S:
    """The settings that a run was made with."""
    stored: Mapping[str, Any] = run.settings.get(cls.__name__, {})
    return fields.from_json(cls, stored)
