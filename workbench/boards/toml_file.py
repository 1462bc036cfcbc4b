"""A board's TOML file, read and written. The file name is the board's id.

A board file may come from anywhere: an unknown key, a value of another type or out of its bounds is one plain message
that names the file and the key.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import tomllib
from pathlib import Path
from typing import Any, cast, get_args

import tomli_w

from workbench.boards.model import FACTS, Board, Core, Fpu, MemoryRegion, Radio, Sensor
from workbench.boards.table import Table, in_words
from workbench.errors import BadBoard
from workbench.files import write_atomically
from workbench.resources import resource

LARGEST_FILE = 1_000_000  # bytes
_LARGEST_MEMORY = 1 << 36  # bytes; far above any board this program is for
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
_USB_ID = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")
# Windows opens a device in place of a file with these names, whatever the extension.
_DEVICE_NAMES = frozenset(["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))])


@functools.cache
def known_cores() -> tuple[str, ...]:
    """The core names a board may give: those ``resources/cores.toml`` has a cost for, and ``other``."""
    return (*tomllib.loads(resource("cores.toml").read_text(encoding="utf-8"))["cores"], "other")


def is_id(text: str) -> bool:
    """Whether a text can be a board's id: a file name on every system."""
    return bool(_ID.fullmatch(text)) and text not in _DEVICE_NAMES


def check_id(board_id: str) -> None:
    """BadBoard when this cannot be a board's id."""
    if not is_id(board_id):
        raise BadBoard(
            f"The file name is the board's id, and {board_id[:60]!r} cannot be one.",
            to_do="Use up to 48 of a-z, 0-9, _ and -, starting with a letter or digit.",
        )


def read_board(path: Path) -> Board:
    """The board in a TOML file, or BadBoard with the file and key at fault."""
    if not path.is_file():  # opening a pipe would wait for ever
        raise BadBoard("There is no such file.", where=str(path))
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadBoard(f"The file cannot be read ({error.strerror or error}).", where=str(path)) from None
    if len(content) > LARGEST_FILE:
        raise BadBoard("The file is larger than 1 MB, too large for a board.", where=path.name)
    return parse_board(content, path.stem, where=path.name)


def parse_board(content: bytes, board_id: str, *, where: str) -> Board:
    """The board that a TOML document describes; ``where`` names the document in messages."""
    try:
        check_id(board_id)
    except BadBoard as error:
        raise BadBoard(error.what, where=where, to_do=error.to_do) from None
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadBoard("The file is not UTF-8 text.", where=where) from None
    except tomllib.TOMLDecodeError as error:
        raise BadBoard(f"The file is not TOML ({error}).", where=where) from None
    except (RecursionError, ValueError):
        # Nested too deep, or a number with thousands of digits, which Python refuses to read.
        raise BadBoard("The file is not a board: its nesting or numbers are out of all bounds.", where=where) from None
    return _board(Table(document, where), board_id)


def write_board(board: Board, path: Path) -> None:
    """Write a board as TOML, whole or not at all."""
    write_atomically(path, board_toml(board))


def board_toml(board: Board) -> bytes:
    """A board as a TOML document; BadBoard when a text cannot be written as UTF-8."""
    try:
        return tomli_w.dumps(_document(board)).encode("utf-8")
    except UnicodeEncodeError:
        raise BadBoard("A text has characters that cannot be saved.", where=board.id) from None


def _board(table: Table, board_id: str) -> Board:
    memory = table.table("memory")
    power = table.table("power")
    board = Board(
        id=board_id,
        name=table.text("name"),
        maker=table.text("maker"),
        core=_core(table.table("core")),
        flash_bytes=memory.whole("flash_bytes", 0, _LARGEST_MEMORY),
        ram_bytes=memory.whole("ram_bytes", 0, _LARGEST_MEMORY),
        reserved_flash_bytes=memory.whole("reserved_flash_bytes", 0, _LARGEST_MEMORY, 0),
        reserved_ram_bytes=memory.whole("reserved_ram_bytes", 0, _LARGEST_MEMORY, 0),
        regions=tuple(_region(region) for region in memory.tables("regions")),
        supply_v=power.number("supply_v", 0.5, 60.0),
        active_ma=power.number_or_none("active_ma", 0.0, 10_000.0),
        active_ma_range=_range(power),
        sleep_ma=power.number_or_none("sleep_ma", 0.0, 10_000.0),
        sensors=tuple(_sensor(sensor) for sensor in table.tables("sensors")),
        radios=tuple(_radio(radio) for radio in table.tables("radios")),
        usb_ids=tuple(_usb_id(table, value) for value in table.items("usb_ids")),
        toolchain=table.texts("toolchain"),
        programmable=table.flag("programmable", True),
        why_not=table.text("why_not", ""),
        sources=table.texts("sources", FACTS),
    )
    for part in (memory, power, table):
        part.finish()
    _check_sums(board, memory, power, table)
    return board


def _check_sums(board: Board, memory: Table, power: Table, table: Table) -> None:
    """What must hold between several keys."""
    for kind, reserved, total in (
        ("flash", board.reserved_flash_bytes, board.flash_bytes),
        ("ram", board.reserved_ram_bytes, board.ram_bytes),
    ):
        if reserved > total:
            raise memory.error(f"reserved_{kind}_bytes", f"is {reserved:,}, more than {kind}_bytes ({total:,}).")
    all_regions = sum(region.bytes for region in board.regions)
    if board.regions and all_regions < board.ram_bytes:
        raise memory.error("ram_bytes", f"is {board.ram_bytes:,}, more than all regions together ({all_regions:,}).")
    if board.active_ma_range and board.active_ma is None:
        raise power.error("active_ma", "is missing beside active_ma_range.")
    if board.active_ma_range and board.active_ma is not None:
        low, high = board.active_ma_range
        if not low <= board.active_ma <= high:
            raise power.error("active_ma", f"is {board.active_ma:g}, outside active_ma_range ({low:g} to {high:g}).")
    if board.programmable == bool(board.why_not):
        raise table.error("why_not", "and programmable = false belong together: give both or neither.")


def _core(table: Table) -> Core:
    name = table.text("name")
    if name not in known_cores():
        near = difflib.get_close_matches(name.lower(), known_cores(), n=2, cutoff=0.5)
        advice = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known_cores())}."
        raise table.error("name", f"is {name[:60]!r}, a core without known costs; {advice}")
    fpu = table.text("fpu", "none")
    if fpu not in get_args(Fpu):
        raise table.error("fpu", f"is {fpu[:60]!r}; it must be one of {', '.join(get_args(Fpu))}.")
    core = Core(
        name=name,
        clock_hz=table.whole("clock_hz", 1_000, 10_000_000_000),
        fpu=cast(Fpu, fpu),
        dsp=table.flag("dsp", False),
        mve=table.flag("mve", False),
    )
    table.finish()
    return core


def _region(table: Table) -> MemoryRegion:
    region = MemoryRegion(table.text("name"), table.whole("bytes", 1, _LARGEST_MEMORY), table.flag("external", False))
    table.finish()
    return region


def _sensor(table: Table) -> Sensor:
    sensor = Sensor(table.text("name"), table.text("measures"), table.text("interface", ""))
    table.finish()
    return sensor


def _radio(table: Table) -> Radio:
    radio = Radio(
        table.text("name"),
        table.text("kind"),
        table.number_or_none("tx_ma", 0.0, 10_000.0),
        table.number_or_none("rx_ma", 0.0, 10_000.0),
    )
    table.finish()
    return radio


def _range(power: Table) -> tuple[float, float] | None:
    values = power.items("active_ma_range")
    if not values:
        return None
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v <= 10_000]
    if len(values) != 2 or len(numbers) != 2 or numbers[0] > numbers[1]:
        raise power.error("active_ma_range", "needs two numbers in mA, the lower one first.")
    return float(numbers[0]), float(numbers[1])


def _usb_id(table: Table, value: object) -> tuple[int, int]:
    if not isinstance(value, str) or not _USB_ID.fullmatch(value):
        raise table.error("usb_ids", f'has {in_words(value)}; each entry reads "vendor:product", such as "2341:805a".')
    vendor, product = value.split(":")
    return int(vendor, 16), int(product, 16)


def _document(board: Board) -> dict[str, Any]:
    """The board as a TOML document; what has its default is left out."""
    memory = _given(board, "flash_bytes", "ram_bytes", "reserved_flash_bytes", "reserved_ram_bytes")
    memory["regions"] = [dataclasses.asdict(region) for region in board.regions]
    power = _given(board, "supply_v", "active_ma", "sleep_ma")
    if board.active_ma_range:
        power["active_ma_range"] = list(board.active_ma_range)
    document = _given(board, "name", "maker", "programmable", "why_not") | {
        "usb_ids": [f"{vendor:04x}:{product:04x}" for vendor, product in board.usb_ids],
        "core": dataclasses.asdict(board.core),
        "memory": memory,
        "power": power,
        "sensors": [dataclasses.asdict(sensor) for sensor in board.sensors],
        "radios": [_without_none(dataclasses.asdict(radio)) for radio in board.radios],
        "toolchain": dict(board.toolchain),
        "sources": dict(board.sources),
    }
    return {key: value for key, value in document.items() if value not in ([], {}, "")}


def _given(board: Board, *names: str) -> dict[str, Any]:
    return _without_none({name: getattr(board, name) for name in names})


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
