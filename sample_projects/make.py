"""Makes the sample projects anew: python sample_projects/make.py [name …]

Needs the development packages (seglearn, vega-datasets) and, for the pictures, Debian's dataset-fashion-mnist.
The same input gives the same files but for the database's own page layout.
"""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.capture.fan_simulation import CHANNELS as FAN_CHANNELS
from workbench.capture.fan_simulation import SPEEDS, random_mounting, simulate_fan
from workbench.dataset.settings import SplitSettings, TargetSettings, WindowSettings
from workbench.features.settings import FeatureSettings
from workbench.project import Channel, Project, ProjectSettings
from workbench.project.pictures import colour_channels, write_pictures
from workbench.project.samples import FileDescription, SamplesWriter
from workbench.training.settings import TrainingSettings

HERE = Path(__file__).resolve().parent
FASHION_FOLDER = Path("/usr/share/datasets/fashion-mnist")
CREATED = "2026-11-21T00:00:00+00:00"
FULL_SCALE = 32767  # of int16


@dataclass(frozen=True)
class Series:
    """One recording to be stored; ``values`` are (rows, channels)."""

    name: str
    label: str
    metadata: dict[str, str]
    values: np.ndarray


def add_series(
    project: Project,
    series: list[Series],
    channels: tuple[Channel, ...],
    rate_hz: float,
    *,
    scales: np.ndarray,
    source: str,
) -> None:
    """Store recordings as int16 with one scale a channel."""
    for number, one in enumerate(series, 1):
        file = f"samples/{number:03d}.arrow"
        about = FileDescription(channels, rate_hz, one.name, one.label, one.metadata, source, CREATED)
        with SamplesWriter(project.path(file), about, scales=scales, compress=True) as writer:
            writer.write(one.values.astype(np.float32))
        project.add_recording(
            name=one.name,
            channels=channels,
            rate_hz=rate_hz,
            rows=len(one.values),
            file=file,
            label=one.label,
            metadata=one.metadata,
            source=source,
            created=CREATED,
        )


def shoulder_exercises(project: Project) -> None:
    """140 recordings of seven exercises by ten people, on the left and on the right wrist."""
    from seglearn.datasets import load_watch

    names = {
        "PEN": "pendulum",
        "ABD": "abduction",
        "FEL": "forward elevation",
        "IR": "internal rotation",
        "ER": "external rotation",
        "TRAP": "trapezius extension",
        "ROW": "upright row",
    }
    data = load_watch()
    series = []
    for values, y, subject, side in zip(data["X"], data["y"], data["subject"], data["side"], strict=True):
        label = names[data["y_labels"][y]]
        metadata = {"subject": f"{subject:02d}", "side": "right" if side == 1 else "left"}
        series.append(Series(f"{label}, subject {subject}, {metadata['side']}", label, metadata, values))
    series.sort(key=lambda one: (one.metadata["subject"], one.metadata["side"], one.label))
    channels = tuple(Channel(name, "g" if name.startswith("a") else "rad/s") for name in data["X_labels"])
    scales = np.abs(np.vstack(data["X"])).max(axis=0) / FULL_SCALE
    add_series(project, series, channels, 50.0, scales=scales, source="seglearn, load_watch()")
    project.save_settings(SplitSettings(by="subject"))
    project.save_settings(
        ProjectSettings(
            description="Seven shoulder exercises, recorded by a watch on the wrist of ten people: acceleration and "
            "rotation at 50 Hz. Split by subject, because a model has to work for people it never saw."
        )
    )


def seattle_temperature(project: Project) -> None:
    """A year of hourly temperatures, one recording a week."""
    from vega_datasets import data

    table = data.seattle_temps()
    # One hour is missing where daylight saving time begins; a sensor's clock would not skip it.
    hours = ((table["date"] - table["date"].iloc[0]).dt.total_seconds() / 3600).to_numpy()
    celsius = np.interp(np.arange(hours[-1] + 1), hours, (table["temp"].to_numpy() - 32) / 1.8)
    week_rows = 7 * 24
    series = []
    for week in range(len(celsius) // week_rows):
        start = table["date"].iloc[0] + np.timedelta64(week * 7, "D")
        metadata = {"week": f"{week + 1:02d}", "month": f"{start.month:02d}"}
        values = celsius[week * week_rows : (week + 1) * week_rows, None]
        series.append(Series(f"week {metadata['week']}, from {start:%Y-%m-%d}", "", metadata, values))
    channels = (Channel("temperature", "°C"),)
    add_series(project, series, channels, 1 / 3600, scales=np.array([0.01]), source="vega_datasets, seattle_temps()")
    project.save_settings(TargetSettings(task="regression", source="channel", channel="temperature", horizon_rows=3))
    project.save_settings(WindowSettings(length_s=24 * 3600.0, stride_s=2 * 3600.0))
    project.save_settings(SplitSettings(by="week"))
    project.save_settings(
        ProjectSettings(
            description="A year of hourly temperatures in Seattle. The model reads the last 24 hours and predicts "
            "the temperature three hours ahead, in °C. Split by week."
        )
    )


def fashion_pictures(project: Project) -> None:
    """The first pictures of each class of Fashion-MNIST's training part."""
    classes = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
    each = 100
    images = np.frombuffer(_unpacked("train-images-idx3-ubyte.gz")[16:], np.uint8).reshape(-1, 28, 28, 1)
    labels = np.frombuffer(_unpacked("train-labels-idx1-ubyte.gz")[8:], np.uint8)
    chosen = sorted(index for number in range(10) for index in np.flatnonzero(labels == number)[:each])
    source = "Fashion-MNIST, training part"
    file = "samples/pictures.arrow"
    write_pictures(project.path(file), ((f"{i:05d}", classes[labels[i]], images[i]) for i in chosen))
    for row, index in enumerate(chosen):
        project.add_recording(
            name=f"{index:05d}",
            kind="picture",
            channels=colour_channels(1),
            rate_hz=None,
            rows=1,
            file=file,
            first_row=row,
            shape=(28, 28, 1),
            label=classes[labels[index]],
            source=source,
            created=CREATED,
        )
    project.save_settings(
        ProjectSettings(
            description=f"Pictures of ten kinds of clothes, 28 × 28 pixels in grey, {each} a kind: a small part of "
            "Fashion-MNIST."
        )
    )


def _unpacked(name: str) -> bytes:
    return gzip.decompress((FASHION_FOLDER / name).read_bytes())


def fan_simulated(project: Project) -> None:
    """Eight simulated sessions of every state of a ceiling fan."""
    rng = np.random.default_rng(20261121)
    rate_hz, seconds = 200.0, 20.0
    states = [
        (speed, unbalanced) for speed in SPEEDS for unbalanced in (False, True) if speed != "off" or not unbalanced
    ]
    series = []
    for session in range(1, 9):
        mounting = random_mounting(rng)
        for speed, unbalanced in states:
            label = f"{speed} unbalanced" if unbalanced else speed
            metadata = {"session": f"{session:02d}", "speed": speed, "simulated": "yes"}
            metadata["blade"] = "unbalanced" if unbalanced else "balanced"
            values = simulate_fan(speed, unbalanced, seconds, rate_hz, rng, mounting=mounting)
            series.append(Series(f"{label}, session {session} (simulated)", label, metadata, values))
    scales = np.full(3, 1 / 4096)  # the simulated sensor's own step: nothing is lost
    add_series(
        project, series, FAN_CHANNELS, rate_hz, scales=scales, source="SIMULATED by workbench.capture.fan_simulation"
    )
    project.save_settings(WindowSettings(length_s=2.0, stride_s=1.0))
    project.save_settings(SplitSettings(by="session"))
    project.save_settings(FeatureSettings(block="spectrum", spectrum_bins=64))
    # Strength and tempo of the vibration are what tells the states apart: varying them would hide it.
    project.save_settings(TrainingSettings(augmentation=0.0))
    project.save_settings(
        ProjectSettings(
            description="SIMULATED, not recorded: an accelerometer on a ceiling fan that is off, low, medium or high, "
            "with its blades balanced or one of them too heavy. Split by session: in each, the sensor sits elsewhere."
        )
    )


SAMPLES: dict[str, tuple[str, Callable[[Project], None]]] = {
    "shoulder_exercises": ("Shoulder exercises", shoulder_exercises),
    "seattle_temperature": ("Seattle temperature", seattle_temperature),
    "fashion_pictures": ("Fashion pictures", fashion_pictures),
    "fan_simulated": ("Ceiling fan (simulated)", fan_simulated),
}


def make(name: str) -> None:
    """Build one sample in a temporary folder, then put its files in place of the old ones."""
    title, fill = SAMPLES[name]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / name
        with Project.create(folder, title) as project, project.step("Make"):
            fill(project)
        Project.open(folder).close()  # the first opening forgets what could be undone
        database = sqlite3.connect(folder / "project.db", isolation_level=None)
        database.execute("UPDATE about SET value = ? WHERE key = 'created'", (CREATED,))
        database.execute("VACUUM")
        database.close()  # the last connection writes the log back into the database and removes it
        kept = HERE / name
        kept.mkdir(exist_ok=True)
        shutil.rmtree(kept / "samples", ignore_errors=True)
        shutil.copytree(folder / "samples", kept / "samples")
        shutil.copyfile(folder / "project.db", kept / "project.db")
    megabytes = sum(file.stat().st_size for file in kept.rglob("*")) / 1e6
    sys.stdout.write(f"{name}: {megabytes:.2f} MB\n")


if __name__ == "__main__":
    for wanted in sys.argv[1:] or SAMPLES:
        make(wanted)
