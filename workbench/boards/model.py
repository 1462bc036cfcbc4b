"""What is known of a board."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Fpu = Literal["none", "single", "double"]

# What a source may be given for.
FACTS = (
    "core",
    "flash",
    "ram",
    "reserved",
    "supply",
    "current",
    "sensors",
    "radio",
    "usb",
    "toolchain",
    "programmable",
)


@dataclass(frozen=True)
class Core:
    """The processor that runs the model: its name in ``resources/cores.toml``, clock and arithmetic units."""

    name: str
    clock_hz: int
    fpu: Fpu = "none"
    dsp: bool = False  # 16-bit SIMD multiply-accumulate of Armv7E-M and Armv8-M
    mve: bool = False  # the vector extension of Armv8.1-M


@dataclass(frozen=True)
class MemoryRegion:
    """A piece of the board's RAM; ``external`` when it lies outside the microcontroller."""

    name: str
    bytes: int
    external: bool = False


@dataclass(frozen=True)
class Sensor:
    """A sensor on the board."""

    name: str
    measures: str
    interface: str = ""


@dataclass(frozen=True)
class Radio:
    """A radio on the board with its currents in mA at the board's supply, None where nobody says."""

    name: str
    kind: str
    tx_ma: float | None = None
    rx_ma: float | None = None


@dataclass(frozen=True)
class Board:
    """What a model must fit.

    ``ram_bytes`` is the RAM for data, stack and arena in one piece; ``regions`` lists every RAM of the board.
    ``reserved_*`` is what boot loader, operating system or radio stack takes of ``flash_bytes`` and ``ram_bytes``.
    ``active_ma`` is what the microcontroller alone draws at ``supply_v`` while it computes at ``core.clock_hz``, radio
    and sensors off; ``active_ma_range`` bounds it. ``sources`` says for each fact where it was read.
    ``toolchain`` names the board in build systems, such as ``{"arduino": "arduino:mbed_nano:nano33ble"}``.
    """

    id: str
    name: str
    maker: str
    core: Core
    flash_bytes: int
    ram_bytes: int
    supply_v: float
    reserved_flash_bytes: int = 0
    reserved_ram_bytes: int = 0
    regions: tuple[MemoryRegion, ...] = ()
    active_ma: float | None = None
    active_ma_range: tuple[float, float] | None = None
    sleep_ma: float | None = None
    sensors: tuple[Sensor, ...] = ()
    radios: tuple[Radio, ...] = ()
    usb_ids: tuple[tuple[int, int], ...] = ()
    toolchain: Mapping[str, str] = dataclasses.field(default_factory=dict)
    programmable: bool = True
    why_not: str = ""
    sources: Mapping[str, str] = dataclasses.field(default_factory=dict)
    user: bool = False

    @property
    def free_flash_bytes(self) -> int:
        """Flash left for the program and its model."""
        return self.flash_bytes - self.reserved_flash_bytes

    @property
    def free_ram_bytes(self) -> int:
        """RAM left for the program's data, stack and arena."""
        return self.ram_bytes - self.reserved_ram_bytes
