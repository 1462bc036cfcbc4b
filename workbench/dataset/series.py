"""Time series to windows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.dataset.dataset import Dataset, Targets
from workbench.dataset.settings import TargetSettings, WindowSettings
from workbench.dataset.targets import channel_targets, label_targets, target_column
from workbench.dataset.windows import WindowRows, window_labels, window_rows, window_starts
from workbench.errors import BadSetting, NotEnoughData
from workbench.project.model import Channel, Recording, Segment
from workbench.project.store import Project

MOST_BYTES = 2 << 30  # of windows: features and batches need as much again


@dataclass(frozen=True)
class SeriesForm:
    """What windows of a set of recordings look like.

    ``channels`` are all of the recordings'; ``inputs`` the columns that the model sees; ``target`` the column to
    predict, or None when labels are the target.
    """

    rate_hz: float
    rows: WindowRows
    channels: tuple[Channel, ...]
    inputs: tuple[int, ...]
    target: int | None

    @property
    def input_shape(self) -> tuple[int, int]:
        return (self.rows.length, len(self.inputs))


def series_form(
    recordings: Sequence[Recording], windows: WindowSettings | WindowRows, target: TargetSettings
) -> SeriesForm:
    """The form of the windows of ``recordings``, which have the same channels and rate. Reads no samples."""
    rate = float(np.median([recording.rate_hz or 0.0 for recording in recordings]))
    if isinstance(windows, WindowSettings):
        windows = window_rows(windows, rate, [recording.rows for recording in recordings])
    channels = recordings[0].channels
    column = target_column(target, [channel.name for channel in channels])
    inputs = _input_columns(len(channels), column, target.horizon_rows)
    return SeriesForm(rate, windows, channels, inputs, column)


def series_dataset(
    project: Project, recordings: Sequence[Recording], form: SeriesForm, target: TargetSettings, messages: list[str]
) -> Dataset:
    """The windows of ``recordings`` in this form; what is left out is added to ``messages``."""
    length = form.rows.length
    column = form.target
    segments: defaultdict[int, list[Segment]] = defaultdict(list)
    for segment in project.segments():
        segments[segment.recording_id].append(segment)

    pieces: list[NDArray[np.float32]] = []
    starts: list[NDArray[np.int64]] = []
    labels: list[str] = []
    values: list[NDArray[np.float32]] = []
    for recording in recordings:
        samples = project.samples(recording)
        begin = window_starts(samples, length, form.rows.stride)
        if column is None:
            labels += window_labels(begin, length, segments[recording.id], recording.label)
        else:
            begin, wanted = channel_targets(samples[:, column], begin, length, target.horizon_rows)
            values.append(wanted)
        starts.append(begin)
        _check_memory(sum(map(len, starts)), form)
        rows = begin[:, np.newaxis] + np.arange(length)
        pieces.append(samples[:, list(form.inputs)][rows].astype(np.float32, copy=False))
    counts = [len(begin) for begin in starts]
    _tell_what_was_too_short(counts, length, form.rate_hz, messages)

    keep = np.ones(sum(counts), dtype=bool)
    targets: Targets
    classes: tuple[str, ...] = ()
    if column is None:
        keep, targets, classes = label_targets(labels, target, messages)
    else:
        targets = np.concatenate(values)
    unit = target.unit or ("" if column is None else form.channels[column].unit)
    return Dataset(
        task=target.task,
        windows=np.concatenate(pieces)[keep],
        targets=targets,
        classes=classes,
        target_unit=unit if target.task == "regression" else "",
        recording_ids=np.repeat(np.array([recording.id for recording in recordings], dtype=np.int64), counts)[keep],
        starts=np.concatenate(starts)[keep],
        stride_rows=form.rows.stride,
        metadata={recording.id: recording.metadata for recording in recordings},
        channels=tuple(form.channels[i].name for i in form.inputs),
        units=tuple(form.channels[i].unit for i in form.inputs),
        rate_hz=form.rate_hz,
        messages=tuple(messages),
    )


def _input_columns(channels: int, target: int | None, horizon: int) -> tuple[int, ...]:
    """All channels; without the target's own when it would give the answer away (horizon 0)."""
    inputs = tuple(index for index in range(channels) if index != target or horizon > 0)
    if not inputs:
        raise BadSetting(
            "The channel to predict is the only one, and at horizon 0 it is not part of the input.",
            where="horizon_rows",
            to_do="Choose a horizon of at least 1 row.",
        )
    return inputs


def _check_memory(count: int, form: SeriesForm) -> None:
    needed = count * form.rows.length * len(form.inputs) * 4
    if needed > MOST_BYTES:
        raise BadSetting(
            f"Windows of {form.rows.length} rows every {form.rows.stride} rows would take more than "
            f"{MOST_BYTES >> 30} GiB of memory.",
            where="stride_s",
            to_do="Choose a longer stride.",
        )


def _tell_what_was_too_short(counts: list[int], length: int, rate: float, messages: list[str]) -> None:
    empty = counts.count(0)
    if empty == len(counts):
        raise NotEnoughData(
            f"None of {len(counts)} recordings is long enough for a window of {length / rate:.3g} s ({length} rows).",
            where="length_s",
            to_do="Choose a shorter window.",
        )
    if empty:
        messages.append(f"{empty} of {len(counts)} recordings are too short for a window of {length / rate:.3g} s.")
