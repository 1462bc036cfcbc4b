"""Pictures to windows: each picture is one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.dataset.dataset import Dataset
from workbench.dataset.settings import TargetSettings
from workbench.dataset.targets import label_targets
from workbench.errors import BadProject, BadSetting
from workbench.project.model import Recording
from workbench.project.store import Project


def picture_dataset(
    project: Project, recordings: Sequence[Recording], target: TargetSettings, messages: list[str]
) -> Dataset:
    """The pictures of ``recordings``, which have the same shape."""
    if target.source == "channel":
        raise BadSetting("Pictures have no channel to predict.", where="source", to_do="Choose the label as target.")
    labelled, targets, classes = label_targets([recording.label for recording in recordings], target, messages)
    used = [recording for recording, keep in zip(recordings, labelled, strict=True) if keep]
    return Dataset(
        task=target.task,
        windows=_read(project, used),
        targets=targets,
        classes=classes,
        target_unit=target.unit if target.task == "regression" else "",
        recording_ids=np.array([recording.id for recording in used], dtype=np.int64),
        starts=np.zeros(len(used), dtype=np.int64),
        stride_rows=0,
        metadata={recording.id: recording.metadata for recording in used},
        channels=tuple(channel.name for channel in used[0].channels),
        units=tuple(channel.unit for channel in used[0].channels),
        rate_hz=None,
        messages=tuple(messages),
    )


def _read(project: Project, recordings: Sequence[Recording]) -> NDArray[np.float32]:
    """The pictures (N, H, W, C) in the order of ``recordings``."""
    shape = recordings[0].shape or (0, 0, 0)
    windows = np.zeros((len(recordings), *shape), dtype=np.float32)
    for window, recording in zip(windows, recordings, strict=True):
        pixels = project.samples(recording)
        if pixels.shape != shape:
            raise BadProject(f"The picture {recording.name!r} is not {shape[0]}x{shape[1]}.", where=recording.file)
        window[:] = pixels
    return windows
