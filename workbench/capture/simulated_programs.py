"""What a simulated board can run: each program sends units of one kind (readings, blocks of sound, pictures)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.capture import fan_simulation
from workbench.capture.simulated_formats import FORMATS
from workbench.capture.simulated_pictures import PictureFormat, moving_pictures
from workbench.capture.simulated_sound import BLOCK, RATE_HZ, SoundFormat, syllables
from workbench.errors import BadSetting, NotEnoughData
from workbench.project import Channel, Project
from workbench.project.model import Recording

_FAN_RATE_HZ = 200.0
_SLOWEST_HZ = 1.0  # recordings that are slower are sent at the next rate, so that there is something to see
_HURRIED_HZ = 10.0
_PICTURES_HZ = 10.0
_FASTEST_PICTURES_HZ = 60.0


class Program(ABC):
    """Sends unit after unit at an even rate.

    ``waits_for`` must come from the host first, and at ``stops_at`` the program waits for it again.
    """

    waits_for = stops_at = b""

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz  # units a second

    @abstractmethod
    def restart(self) -> bytes:
        """Begin anew; what is sent ahead of the first unit."""

    @abstractmethod
    def announce(self) -> bytes:
        """What is repeated while the board waits."""

    @abstractmethod
    def unit(self, number: int) -> bytes:
        """The next unit, number ``number``, counted from 0."""


class Readings(Program):
    """Readings in any wire format."""

    def __init__(
        self,
        channels: tuple[Channel, ...],
        rate_hz: float,
        make: Callable[[], Iterator[np.ndarray]],
        settings: dict[str, Any],
    ) -> None:
        super().__init__(rate_hz)
        self._make = make
        self._format = FORMATS[settings["format"]](channels, rate_hz, settings["separator"])
        self.waits_for, self.stops_at = self._format.waits_for, self._format.stops_at
        self._readings: Iterator[np.ndarray] = iter(())

    def restart(self) -> bytes:
        self._readings = self._make()
        return self._format.announce()

    def announce(self) -> bytes:
        return self._format.announce()

    def unit(self, number: int) -> bytes:
        return self._format.reading(next(self._readings).tolist(), number)


class Sound(Program):
    """Blocks of sound in native frames."""

    def __init__(self, rate_hz: float, chance: np.random.Generator, stream: int = 0) -> None:
        super().__init__(rate_hz / BLOCK)
        self._samples_hz = rate_hz
        self._chance = chance
        self._format = SoundFormat(rate_hz, stream)
        self._blocks: Iterator[NDArray[np.int16]] = iter(())

    def restart(self) -> bytes:
        self._blocks = syllables(self._samples_hz, self._chance)
        return self._format.announce()

    def announce(self) -> bytes:
        return self._format.announce()

    def unit(self, number: int) -> bytes:
        return self._format.block(next(self._blocks), number)


class Pictures(Program):
    """Pictures in native frames."""

    def __init__(self, rate_hz: float, make: Callable[[], Iterator[NDArray[np.uint8]]]) -> None:
        super().__init__(rate_hz)
        self._make = make
        self._format = PictureFormat(rate_hz)
        self._pictures: Iterator[NDArray[np.uint8]] = iter(())

    def restart(self) -> bytes:
        self._pictures = self._make()
        return self._format.announce()

    def announce(self) -> bytes:
        return self._format.announce()

    def unit(self, number: int) -> bytes:
        return self._format.picture(next(self._pictures), number)


def programs(settings: dict[str, Any]) -> list[Program]:
    """What a board with these settings runs. Raises WorkbenchError when it cannot."""
    signal, wanted_hz = settings["signal"], settings["rate_hz"]
    chance = np.random.default_rng(settings["seed"] or None)
    if signal == "pictures":
        colours = 3 if settings["colour"] else 1
        return [Pictures(_picture_rate(wanted_hz), lambda: moving_pictures(colours))]
    if signal == "sound":
        return [Sound(wanted_hz or RATE_HZ, chance)]
    if signal == "project":
        return [_of_project(Path(settings["project"]), settings)]
    rate_hz = wanted_hz or _FAN_RATE_HZ
    if signal == "fan and sound":
        settings = settings | {"format": "native"}  # the only one that carries two streams
    fan = Readings(
        fan_simulation.CHANNELS,
        rate_hz,
        lambda: _fan(settings["speed"], settings["unbalanced"], rate_hz, chance),
        settings,
    )
    return [fan] if signal == "fan" else [fan, Sound(RATE_HZ, chance, stream=1)]


def _picture_rate(wanted_hz: float) -> float:
    if wanted_hz > _FASTEST_PICTURES_HZ:
        raise BadSetting(
            f"A simulated camera cannot take {wanted_hz:g} pictures a second.",
            where="rate_hz",
            to_do=f"At most {_FASTEST_PICTURES_HZ:g}.",
        )
    return wanted_hz or _PICTURES_HZ


def _fan(speed: str, unbalanced: bool, rate_hz: float, chance: np.random.Generator) -> Iterator[np.ndarray]:
    mounting = fan_simulation.random_mounting(chance)
    while True:
        yield from fan_simulation.simulate_fan(speed, unbalanced, 10.0, rate_hz, chance, mounting=mounting)


def _again_and_again(series: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    while True:
        for values in series:
            yield from values


def _of_project(folder: Path, settings: dict[str, Any]) -> Program:
    """The recordings of a project in turn, or its pictures where it has no others."""
    label, wanted_hz = settings["label"], settings["rate_hz"]
    with Project.open(folder) as project:
        labelled = [one for one in project.recordings() if label in ("", one.label)]
        pictures = [one for one in labelled if one.kind == "picture"]
        series = [one for one in labelled if one.kind == "series" and one.rows and one.rate_hz]
        if not series and not pictures:
            kind = f"labelled {label!r} " if label else ""
            raise NotEnoughData(f"The project has no recordings {kind}to send.", where=str(folder))
        if not series:
            return Pictures(_picture_rate(wanted_hz), lambda: _again_one_by_one(folder, pictures))
        first = series[0]
        alike = [one for one in series if one.channels == first.channels and one.rate_hz == first.rate_hz]
        recorded_hz = first.rate_hz
        assert recorded_hz is not None  # noqa: S101 - filtered above
        values = [project.samples(one) for one in alike]
    rate_hz = wanted_hz or (recorded_hz if recorded_hz >= _SLOWEST_HZ else _HURRIED_HZ)
    return Readings(first.channels, rate_hz, lambda: _again_and_again(values), settings)


def _again_one_by_one(folder: Path, pictures: list[Recording]) -> Iterator[NDArray[np.uint8]]:
    with Project.open(folder) as project:
        while True:
            for one in pictures:
                yield project.samples(one)
