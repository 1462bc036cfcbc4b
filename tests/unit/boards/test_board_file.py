"""A board's TOML file: what is read, what is refused and in which words, and the way back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from workbench.boards import (
    LARGEST_FILE,
    Board,
    Core,
    MemoryRegion,
    Radio,
    Sensor,
    parse_board,
    read_board,
    write_board,
)
from workbench.errors import BadBoard

MINIMAL = """
name = "Bench board"
maker = "Ourselves"
[core]
name = "cortex-m4"
clock_hz = 64_000_000
[memory]
flash_bytes = 524_288
ram_bytes = 65_536
[power]
supply_v = 3.3
"""

FULL = Board(
    id="bench",
    name='Bench "board" – ünïcode',
    maker="Ourselves",
    core=Core("cortex-m55", 400_000_000, "double", True, True),
    flash_bytes=2_097_152,
    ram_bytes=524_288,
    supply_v=1.8,
    reserved_flash_bytes=4_096,
    reserved_ram_bytes=512,
    regions=(MemoryRegion("SRAM", 524_288), MemoryRegion("PSRAM", 8_388_608, external=True)),
    active_ma=12.5,
    active_ma_range=(10.0, 20.0),
    sleep_ma=0.001,
    sensors=(Sensor("LIS2DH12", "acceleration", "I2C"), Sensor("microphone", "sound")),
    radios=(Radio("radio", "Bluetooth", 5.0, None),),
    usb_ids=((0x2341, 0x805A),),
    toolchain={"arduino": "a:b:c"},
    programmable=False,
    why_not="It is a drawing.",
    sources={"core": "a datasheet"},
)


def parse(text: str, board_id: str = "bench") -> Board:
    return parse_board(text.encode(), board_id, where="bench.toml")


def message(text: str, board_id: str = "bench") -> str:
    with pytest.raises(BadBoard) as caught:
        parse(text, board_id)
    return str(caught.value)


def test_a_minimal_file_is_a_board() -> None:
    board = parse(MINIMAL)
    assert (board.id, board.name, board.core) == ("bench", "Bench board", Core("cortex-m4", 64_000_000))
    assert (board.free_flash_bytes, board.free_ram_bytes) == (524_288, 65_536)
    assert board.active_ma is None and board.programmable and not board.user


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "bench.toml"
    write_board(FULL, path)
    assert read_board(path) == FULL


def test_what_is_reserved_is_not_free() -> None:
    assert FULL.free_flash_bytes == 2_097_152 - 4_096
    assert FULL.free_ram_bytes == 524_288 - 512


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('name = "Bench board"', "", "bench.toml: name is missing."),
        ('name = "Bench board"', 'nam = "Bench board"', "bench.toml: name is missing; is nam meant to be it?"),
        ('name = "Bench board"', 'name = "  "', "bench.toml: name is empty."),
        ('name = "Bench board"', "name = 7", "bench.toml: name needs text, not 7."),
        ('name = "Bench board"', 'name = "a\\nb"', "name has characters that cannot be shown"),
        ('name = "Bench board"', f'name = "{"x" * 2001}"', "name has 2001 characters; 2000 are the most."),
        ("clock_hz = 64_000_000", "clock_hz = 64e6", "core.clock_hz needs a whole number, not 64000000.0."),
        ("clock_hz = 64_000_000", "clock_hz = 12", "core.clock_hz is 12; it must lie between 1,000 and 10,"),
        ("clock_hz = 64_000_000", "clock_hz = true", "core.clock_hz needs a whole number, not true."),
        ("clock_hz = 64_000_000", f"clock_hz = 0x{'f' * 5000}", "core.clock_hz is a gigantic number; it must lie"),
        ('"cortex-m4"', '"cortex-m44"', "core.name is 'cortex-m44', a core without known costs; did you mean"),
        ('"cortex-m4"', '"z80"', "core.name is 'z80', a core without known costs; known are "),
        ("clock_hz = 64_000_000", 'clock_hz = 64_000_000\nfpu = "half"', "core.fpu is 'half'; it must be one of none,"),
        ("flash_bytes = 524_288", "flash_bytes = -1", "memory.flash_bytes is -1; it must lie between 0 and"),
        ("flash_bytes = 524_288", "flash_byte = 524_288", "memory.flash_bytes is missing; is flash_byte meant"),
        ("[memory]", "[memory]\nrambytes = 1", "memory.rambytes is not a key of a board file. Did you mean ram_bytes?"),
        ("[memory]", "[memory]\nreserved_ram_bytes = 65_537", "reserved_ram_bytes is 65,537, more than ram_bytes"),
        ("[memory]", '[memory]\nregions = [{ name = "a", bytes = 4 }]', "ram_bytes is 65,536, more than all regions"),
        ("[memory]", '[memory]\nregions = [{ name = "a" }]', "memory.regions[1].bytes is missing."),
        ("[memory]", "[memory]\nregions = [4]", "memory.regions[1] needs a table, not 4."),
        ("supply_v = 3.3", "supply_v = nan", "power.supply_v is nan; it must lie between 0.5 and 60.0."),
        ("supply_v = 3.3", "supply_v = 3.3\nactive_ma = inf", "power.active_ma is inf; it must lie between"),
        ("supply_v = 3.3", "supply_v = 3.3\nactive_ma_range = [1, 2]", "active_ma is missing beside active_ma_range."),
        (
            "supply_v = 3.3",
            "supply_v = 3.3\nactive_ma = 9\nactive_ma_range = [1, 2]",
            "active_ma is 9, outside active_ma_range (1 to 2).",
        ),
        ("supply_v = 3.3", "supply_v = 3.3\nactive_ma = 1\nactive_ma_range = [2, 1]", "two numbers in mA, the lower"),
        ("[core]", 'usb_ids = ["2341"]\n[core]', "usb_ids has '2341'; each entry reads \"vendor:product\""),
        ("[core]", "programmable = false\n[core]", "why_not and programmable = false belong together"),
        ("[core]", 'why_not = "because"\n[core]', "why_not and programmable = false belong together"),
        ("[core]", "[sources]\nflsh = \"\"\n[core]", "sources.flsh is not a key of a board file. Did you mean flash?"),
        ("[core]", '[toolchain]\n"a\\u0000" = "x"\n[core]', "toolchain has a name that is too long or"),
        ("[core]", "sensors = [{}]\n[core]", "sensors[1].name is missing."),
        ("[core]", f"sensors = [{'{},' * 65}]\n[core]", "sensors has 65 entries; 64 are the most."),
        ("[memory]", "[memory", "bench.toml: The file is not TOML ("),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(old: str, new: str, expected: str) -> None:
    assert old in MINIMAL
    said = message(MINIMAL.replace(old, new, 1))
    assert expected in said
    assert said.startswith("bench.toml: ") and "\n" not in said


@pytest.mark.parametrize("board_id", ["", "My Board", "../up", "con", "com1", "x" * 49, "-a", "ä"])
def test_the_id_must_be_a_file_name_everywhere(board_id: str) -> None:
    assert "is the board's id" in message(MINIMAL, board_id)


def test_files_that_are_no_board(tmp_path: Path) -> None:
    for name, content, expected in [
        ("large.toml", b"#" * (LARGEST_FILE + 1), "larger than 1 MB"),
        ("binary.toml", b"\xff\xfe\x00", "not UTF-8 text"),
        ("deep.toml", b"a = " + b"[" * 50_000, "The file is not"),
        ("long.toml", b"a = " + b"9" * 50_000, "out of all bounds"),
        ("empty.toml", b"", "memory is missing."),
    ]:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(BadBoard, match=expected) as caught:
            read_board(path)
        assert caught.value.exit_status == 2


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    for path in (tmp_path / "none.toml", tmp_path / "folder.toml"):
        with pytest.raises(BadBoard, match="no such file"):
            read_board(path)


def test_nothing_is_written_when_a_text_is_not_unicode(tmp_path: Path) -> None:
    path = tmp_path / "bench.toml"
    with pytest.raises(BadBoard, match="cannot be saved"):
        write_board(dataclasses.replace(FULL, name="\ud800"), path)
    assert not path.exists()
