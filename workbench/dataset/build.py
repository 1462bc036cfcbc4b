"""A project's recordings and labels to a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workbench.dataset.dataset import Dataset
from workbench.dataset.picture_set import picture_dataset
from workbench.dataset.series import series_dataset, series_form
from workbench.dataset.settings import TargetSettings, WindowSettings
from workbench.dataset.windows import WindowRows
from workbench.errors import NotEnoughData
from workbench.project.model import Recording
from workbench.project.store import Project

RATE_TOLERANCE = 0.02  # the clocks of two boards of a kind differ by less


def build_dataset(
    project: Project,
    windows: WindowSettings | WindowRows | None = None,
    target: TargetSettings | None = None,
    recordings: Sequence[Recording] | None = None,
) -> Dataset:
    """All usable windows of ``project``; settings and recordings that are not given are the project's own.

    Recordings that differ from the majority in kind, channels or rate are left out and counted in the messages,
    as are windows without a label. Raises NotEnoughData when nothing is left, BadSetting for a target that
    cannot be.
    """
    windows = windows or project.settings(WindowSettings)
    target = target or project.settings(TargetSettings)
    messages: list[str] = []
    chosen = majority(project.recordings() if recordings is None else recordings, messages)
    if chosen[0].kind == "picture":
        return picture_dataset(project, chosen, target, messages)
    return series_dataset(project, chosen, series_form(chosen, windows, target), target, messages)


def window_shape(project: Project) -> tuple[int, ...]:
    """The shape of one window, (T, C) or (H, W, C), under the project's settings; reads no samples."""
    recordings = majority(project.recordings(), [])
    if recordings[0].shape is not None:
        return recordings[0].shape
    form = series_form(recordings, project.settings(WindowSettings), project.settings(TargetSettings))
    return form.input_shape


def majority(recordings: Sequence[Recording], messages: list[str]) -> list[Recording]:
    """The recordings that go together: those of the commonest kind, channels and rate. Others are told of."""
    if not recordings:
        raise NotEnoughData("The project has no recordings.", to_do="Import or capture some first.")
    votes: Counter[tuple[object, ...]] = Counter()
    for recording in recordings:
        votes[_form(recording)] += recording.rows
    chosen = votes.most_common(1)[0][0]
    alike = [recording for recording in recordings if _form(recording) == chosen]
    if len(alike) < len(recordings):
        messages.append(
            f"{len(recordings) - len(alike)} of {len(recordings)} recordings have other channels or another size than "
            "most and are left out."
        )
    if alike[0].kind == "picture":
        return alike
    usual = _usual_rate(alike)
    same = [recording for recording in alike if _near(recording.rate_hz or 0.0, usual)]
    if len(same) < len(alike):
        messages.append(
            f"{len(alike) - len(same)} of {len(alike)} recordings are not sampled at {usual:g} Hz and are left out."
        )
    return same


def recordings_for(
    recordings: Sequence[Recording], channels: Sequence[str], rate_hz: float | None, shape: Sequence[int]
) -> list[Recording]:
    """The recordings that a model for these channels and this rate (for pictures: this shape) can be fed from."""
    if rate_hz is None:
        return [one for one in recordings if one.shape is not None and tuple(one.shape) == tuple(shape)]
    wanted = set(channels)
    return [
        one
        for one in recordings
        if one.rate_hz and _near(one.rate_hz, rate_hz) and wanted <= {channel.name for channel in one.channels}
    ]


def _form(recording: Recording) -> tuple[object, ...]:
    return (recording.kind, recording.shape, tuple(channel.name for channel in recording.channels))


def _usual_rate(recordings: Sequence[Recording]) -> float:
    """The rate that most rows have, give or take the tolerance."""
    rows: Counter[float] = Counter()
    for recording in recordings:
        rows[recording.rate_hz or 0.0] += recording.rows
    return max(rows, key=lambda rate: (sum(n for other, n in rows.items() if _near(other, rate)), rows[rate]))


def _near(rate: float, usual: float) -> bool:
    return abs(rate - usual) <= RATE_TOLERANCE * usual
