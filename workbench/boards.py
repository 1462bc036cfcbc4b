"""Boards as data: one TOML file a board, built in or the user's own.

The file name is the board's id. A board file may come from anywhere, so it is read strictly: an unknown key, a
value of another type or out of its bounds is one plain message that names the file and the key.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import tomli_w

from workbench.errors import BadBoard, NotPossible
from workbench.files import write_atomically
from workbench.resources import resource
from workbench.settings import home

Fpu = Literal["none", "single", "double"]

LARGEST_FILE = 1_000_000  # bytes
_LARGEST_MEMORY = 1 << 36  # bytes; far above any board this program is for
_LONGEST_TEXT = 2_000  # characters
_LONGEST_LIST = 64
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
_USB_ID = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")
# Windows opens a device in place of a file with these names, whatever the extension.
_DEVICE_NAMES = frozenset(["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))])


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
class Shelf:
    """All boards by id, and what was wrong with files in the user's folder."""

    boards: dict[str, Board]
    problems: tuple[str, ...]


def user_folder() -> Path:
    """The folder of the user's own boards; it may not exist yet."""
    return home() / "boards"


def load_boards() -> dict[str, Board]:
    """Every board by id: the built-in ones, then the user's own. Broken files of the user's are left out."""
    return load_shelf().boards


def load_shelf() -> Shelf:
    """Every board, and the messages about files in the user's folder that cannot be used."""
    built_in = built_in_boards()
    boards, problems = dict(built_in), []
    for path in sorted(user_folder().glob("*.toml")):
        try:
            board = dataclasses.replace(read_board(path), user=True)
        except BadBoard as error:
            problems.append(str(error))
            continue
        if board.id in built_in:
            problems.append(f"{path.name}: {_taken(board.id, built_in)} This file is not used: rename it.")
            continue
        boards[board.id] = board
    return Shelf(boards, tuple(problems))


@functools.cache
def built_in_boards() -> Mapping[str, Board]:
    """The boards that come with the program, by id."""
    boards = (read_board(path) for path in sorted(resource("boards").glob("*.toml")))
    return {board.id: board for board in boards}


@functools.cache
def known_cores() -> tuple[str, ...]:
    """The core names a board may give: those ``resources/cores.toml`` has a cost for, and ``other``."""
    return (*tomllib.loads(resource("cores.toml").read_text(encoding="utf-8"))["cores"], "other")


def find_board(board_id: str) -> Board:
    """The board with this id, or BadBoard that offers the nearest ids."""
    boards = load_boards()
    if board_id in boards:
        return boards[board_id]
    near = difflib.get_close_matches(board_id.lower(), boards, n=3, cutoff=0.5)
    advice = f"Did you mean {' or '.join(near)}?" if near else f"The boards are: {', '.join(boards)}."
    raise BadBoard(f"There is no board {board_id[:60]!r}.", to_do=advice)


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
        _check_id(board_id)
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
    return _board(_Table(document, where), board_id)


def write_board(board: Board, path: Path) -> None:
    """Write a board as TOML, whole or not at all."""
    write_atomically(path, tomli_w.dumps(_document(board)).encode("utf-8"))


def save_user_board(board: Board) -> Path:
    """Keep a board in the user's folder, in place of an earlier one with its id.

    Raises BadBoard when a built-in board has the id or a value is out of bounds, NotPossible when the disk refuses.
    """
    _check_id(board.id)
    built_in = built_in_boards()
    if board.id in built_in:
        raise BadBoard(_taken(board.id, built_in), to_do="Give your board another id.")
    try:
        content = tomli_w.dumps(_document(board)).encode("utf-8")
    except UnicodeEncodeError:
        raise BadBoard("A text has characters that cannot be saved.", where=board.id) from None
    parse_board(content, board.id, where=board.id)
    path = user_folder() / f"{board.id}.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    except OSError as error:
        raise NotPossible(f"The board cannot be saved ({error.strerror or error}).", where=str(path)) from None
    return path


def remove_user_board(board_id: str) -> None:
    """Delete one of the user's own boards; BadBoard when there is none with this id."""
    path = user_folder() / f"{board_id}.toml"
    if not _ID.fullmatch(board_id) or not path.is_file():
        raise BadBoard(f"There is no board of your own with the id {board_id[:60]!r}.")
    try:
        path.unlink()
    except OSError as error:
        raise NotPossible(f"The board cannot be removed ({error.strerror or error}).", where=str(path)) from None


def _taken(board_id: str, built_in: Mapping[str, Board]) -> str:
    return f"The id {board_id} belongs to the built-in board {built_in[board_id].name}."


def _check_id(board_id: str) -> None:
    """The id is a file name on every system."""
    if not _ID.fullmatch(board_id) or board_id in _DEVICE_NAMES:
        raise BadBoard(
            f"The file name is the board's id, and {board_id[:60]!r} cannot be one.",
            to_do="Use up to 48 of a-z, 0-9, _ and -, starting with a letter or digit.",
        )


class _Table:
    """A TOML table whose keys are taken one by one; what is left over is unknown."""

    def __init__(self, values: object, where: str, path: str = "") -> None:
        self._where, self._path = where, path
        if not isinstance(values, dict):
            raise self.error("", f"needs a table, not {_in_words(values)}.")
        self._values: dict[str, Any] = values
        self._asked: list[str] = []

    def error(self, key: str, what: str) -> BadBoard:
        name = ".".join(part for part in (self._path, key) if part)
        return BadBoard(f"{name} {what}" if name else what, where=self._where)

    def _take(self, key: str, kinds: tuple[type, ...], words: str, default: Any) -> Any:
        self._asked.append(key)
        if key not in self._values:
            if default is not _REQUIRED:
                return default
            near = difflib.get_close_matches(key, [k for k in self._values if k not in self._asked], n=1)
            raise self.error(key, f"is missing; is {near[0]} meant to be it?" if near else "is missing.")
        value = self._values[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise self.error(key, f"needs {words}, not {_in_words(value)}.")
        return value

    def text(self, key: str, default: Any = None) -> str:
        value: str = self._take(key, (str,), "text", _REQUIRED if default is None else default)
        if len(value) > _LONGEST_TEXT:
            raise self.error(key, f"has {len(value)} characters; {_LONGEST_TEXT} are the most.")
        if not value.isprintable():
            raise self.error(key, "has characters that cannot be shown, such as a line break.")
        if default is None and not value.strip():
            raise self.error(key, "is empty.")
        return value

    def flag(self, key: str, default: bool) -> bool:
        return cast(bool, self._take(key, (bool,), "true or false", default))

    def whole(self, key: str, low: int, high: int, default: Any = None) -> int:
        value = self._take(key, (int,), "a whole number", _REQUIRED if default is None else default)
        self._check_bounds(key, value, low, high)
        return cast(int, value)

    def number(self, key: str, low: float, high: float) -> float:
        value = self._take(key, (int, float), "a number", _REQUIRED)
        self._check_bounds(key, value, low, high)
        return float(value)

    def number_or_none(self, key: str, low: float, high: float) -> float | None:
        self._asked.append(key)
        return self.number(key, low, high) if key in self._values else None

    def _check_bounds(self, key: str, value: float, low: float, high: float) -> None:
        if not low <= value <= high:  # NaN fails too
            raise self.error(key, f"is {_in_words(value)}; it must lie between {low:,} and {high:,}.")

    def items(self, key: str) -> list[Any]:
        values: list[Any] = self._take(key, (list,), "a list", [])
        if len(values) > _LONGEST_LIST:
            raise self.error(key, f"has {len(values)} entries; {_LONGEST_LIST} are the most.")
        return values

    def table(self, key: str) -> _Table:
        return self._inner(self._take(key, (dict,), "a table", _REQUIRED), key)

    def tables(self, key: str) -> Iterable[_Table]:
        return [self._inner(value, f"{key}[{number}]") for number, value in enumerate(self.items(key), start=1)]

    def texts(self, key: str, allowed: tuple[str, ...] = ()) -> dict[str, str]:
        """A table of words, with any keys or with the ``allowed`` ones only."""
        inner = self._inner(self._take(key, (dict,), "a table", {}), key)
        names = allowed or tuple(inner._values)
        if len(names) > _LONGEST_LIST:
            raise self.error(key, f"has {len(names)} entries; {_LONGEST_LIST} are the most.")
        for name in inner._values:
            if not name.isprintable() or len(name) > 60:
                raise self.error(key, "has a name that is too long or cannot be shown.")
        found = {name: inner.text(name, "") for name in names}
        inner.finish()
        return {name: text for name, text in found.items() if name in inner._values}

    def _inner(self, values: object, key: str) -> _Table:
        return _Table(values, self._where, ".".join(part for part in (self._path, key) if part))

    def finish(self) -> None:
        """BadBoard when a key is left that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, n=1, cutoff=0.5)
                advice = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(self._asked)}."
                raise self.error(_printable(key), f"is not a key of a board file. {advice}")


_REQUIRED = object()


def _printable(key: str) -> str:
    return key[:60] if key.isprintable() else repr(key[:60])


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, int):
        # Python refuses to write out a number with thousands of digits, which hexadecimal TOML may hold.
        return f"{value:,}" if abs(value) < 1 << 64 else "a gigantic number"
    return repr(value)[:60]


def _board(table: _Table, board_id: str) -> Board:
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


def _check_sums(board: Board, memory: _Table, power: _Table, table: _Table) -> None:
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


def _core(table: _Table) -> Core:
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


def _region(table: _Table) -> MemoryRegion:
    region = MemoryRegion(table.text("name"), table.whole("bytes", 1, _LARGEST_MEMORY), table.flag("external", False))
    table.finish()
    return region


def _sensor(table: _Table) -> Sensor:
    sensor = Sensor(table.text("name"), table.text("measures"), table.text("interface", ""))
    table.finish()
    return sensor


def _radio(table: _Table) -> Radio:
    radio = Radio(
        table.text("name"),
        table.text("kind"),
        table.number_or_none("tx_ma", 0.0, 10_000.0),
        table.number_or_none("rx_ma", 0.0, 10_000.0),
    )
    table.finish()
    return radio


def _range(power: _Table) -> tuple[float, float] | None:
    values = power.items("active_ma_range")
    if not values:
        return None
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v <= 10_000]
    if len(values) != 2 or len(numbers) != 2 or numbers[0] > numbers[1]:
        raise power.error("active_ma_range", "needs two numbers in mA, the lower one first.")
    return float(numbers[0]), float(numbers[1])


def _usb_id(table: _Table, value: object) -> tuple[int, int]:
    if not isinstance(value, str) or not _USB_ID.fullmatch(value):
        raise table.error("usb_ids", f'has {_in_words(value)}; each entry reads "vendor:product", such as "2341:805a".')
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
