"""What the settings amount to before anything is trained: windows, features, network. Changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.dataset.build import build_dataset, window_shape
from workbench.dataset.dataset import Dataset
from workbench.dataset.settings import SplitSettings, TargetSettings
from workbench.dataset.split import PARTS, split_dataset
from workbench.errors import BadSetting, NotEnoughData
from workbench.features.blocks import find_block
from workbench.features.compute import compute, fit
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings
from workbench.jobs import Job
from workbench.operations.outcome import Outcome
from workbench.project.store import Project
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import LayerSketch, describe_architecture


@dataclass(frozen=True)
class PartPreview:
    """One part of the split: its windows, the groups they come from, and windows per class (empty for numbers)."""

    windows: int
    groups: tuple[str, ...]
    per_class: dict[str, int]


@dataclass(frozen=True)
class WindowPreview:
    """The windows of a project. ``window_s`` and ``stride_s`` are None for pictures; ``parts`` by name.

    ``normalisation`` is fitted to the training windows, as training would.
    """

    task: str
    classes: tuple[str, ...]
    target_unit: str
    windows: int
    input_shape: tuple[int, ...]
    channels: tuple[str, ...]
    window_s: float | None
    stride_s: float | None
    parts: dict[str, PartPreview]
    normalisation: FeatureParameters


@dataclass(frozen=True)
class FeaturePreview:
    """One window (T, C) or (H, W, C) and its features (*output_shape), not normalised, both float32.

    ``names`` label the first axis of the features; ``units`` are those of the channels.
    """

    window: NDArray[np.float32]
    features: NDArray[np.float32]
    names: tuple[str, ...]
    channels: tuple[str, ...]
    units: tuple[str, ...]
    rate_hz: float | None
    start: int


def preview_windows(project: Project) -> Outcome[WindowPreview]:
    """Windows per part, group and class. Reads all samples: a tenth of a second for some minutes of recordings.

    Raises what training would: NotEnoughData, BadSetting.
    """
    dataset = build_dataset(project)
    split = split_dataset(dataset, project.settings(SplitSettings))
    parts = {
        part: PartPreview(
            windows=len(getattr(split, part)),
            groups=split.groups[part],
            per_class=_per_class(dataset, getattr(split, part)),
        )
        for part in PARTS
    }
    rate = dataset.rate_hz
    preview = WindowPreview(
        task=dataset.task,
        classes=dataset.classes,
        target_unit=dataset.target_unit,
        windows=dataset.count,
        input_shape=dataset.input_shape,
        channels=dataset.channels,
        window_s=dataset.input_shape[0] / rate if rate else None,
        stride_s=dataset.stride_rows / rate if rate else None,
        parts=parts,
        normalisation=fit(
            dataset.windows[split.train],
            project.settings(FeatureSettings),
            rate_hz=rate,
            channels=dataset.channels,
            stride_rows=dataset.stride_rows,
        ),
    )
    return Outcome(preview, messages=dataset.messages + split.messages)


def preview_windows_of(folder: Path, *, job: Job) -> Outcome[WindowPreview]:
    """preview_windows in a child process, for large projects."""
    job.progress("Reading recordings")
    with Project.open(folder) as project:
        return preview_windows(project)


def _per_class(dataset: Dataset, windows: NDArray[np.int64]) -> dict[str, int]:
    counts = Counter(dataset.targets[windows].tolist())
    return {name: counts[index] for index, name in enumerate(dataset.classes)}


def preview_features(project: Project, recording_id: int, start: int = 0) -> Outcome[FeaturePreview]:
    """One window of a recording from row ``start``, moved back where it would run over the end; its features.

    Raises NotEnoughData when the recording is shorter than a window, BadSetting when it is not of the kind that
    the project's windows are made of.
    """
    recording = project.recording(recording_id)
    shape = window_shape(project)
    channels = [channel.name for channel in recording.channels]
    if recording.kind == "picture":
        window = project.samples(recording).astype(np.float32)
        inputs, start = list(range(len(channels))), 0
    else:
        start = max(0, min(start, recording.rows - shape[0]))
        inputs = _inputs(channels, project.settings(TargetSettings))
        window = project.samples(recording, start, start + shape[0])[:, inputs]
    if len(window) < shape[0]:
        raise NotEnoughData(
            f"The recording has {recording.rows} rows, a window {shape[0]}.",
            where=recording.name,
            to_do="Choose a shorter window or another recording.",
        )
    if window.shape != shape:
        raise BadSetting("The recording has other channels or another size than most.", where=recording.name)
    settings = project.settings(FeatureSettings)
    preview = FeaturePreview(
        window=window,
        features=compute(window[np.newaxis], settings)[0],
        names=find_block(settings, shape).names(shape, settings, recording.rate_hz),
        channels=tuple(channels[index] for index in inputs),
        units=tuple(recording.channels[index].unit for index in inputs),
        rate_hz=recording.rate_hz,
        start=start,
    )
    return Outcome(preview)


def _inputs(channels: list[str], target: TargetSettings) -> list[int]:
    hidden = target.channel if target.source == "channel" and target.horizon_rows == 0 else None
    return [index for index, name in enumerate(channels) if name != hidden]


def preview_architecture(project: Project) -> Outcome[list[LayerSketch]]:
    """The network that training would build, input first. Reads no samples.

    Raises NotEnoughData without recordings, NotSupported when features and architecture do not go together.
    """
    features = project.settings(FeatureSettings)
    shape = window_shape(project)
    feature_shape = find_block(features, shape).output_shape(shape, features)
    task = project.settings(TargetSettings).task
    classes = max(2, len(project.recording_labels()))  # two until there are labels
    return Outcome(describe_architecture(project.settings(TrainingSettings), feature_shape, classes, task))
