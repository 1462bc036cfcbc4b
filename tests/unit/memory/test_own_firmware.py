"""A program is linked with a microcontroller's memory layout; all three files must say the same of it."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.errors import BadFile
from workbench.memory.budget import Firmware
from workbench.memory.own_firmware.read import read_firmware

SOURCE = """
const char table[1000] = {1};
int preset[50] = {1, 2, 3};
static int zeroed[300];
int *start(void) { return &zeroed[preset[0] + table[1]]; }
"""
LAYOUT = """
MEMORY { FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 64K  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 16K }
ENTRY(start)
SECTIONS {
  .text : { *(.text*) *(.rodata*) } > FLASH
  .a_name_too_long_for_its_column : { QUAD(1) } > FLASH
  .data : { *(.data*) } > RAM AT > FLASH
  .bss (NOLOAD) : { *(.bss*) *(COMMON) } > RAM
  /DISCARD/ : { *(.note*) *(.eh_frame*) }
}
"""


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with program.elf, program.map and size.txt."""
    if not shutil.which("gcc") or not shutil.which("size"):
        pytest.skip("gcc and size are not on this machine")
    folder = tmp_path_factory.mktemp("linked")
    (folder / "program.c").write_text(SOURCE)
    (folder / "layout.ld").write_text(LAYOUT)
    command = ["gcc", "-g", "-O1", "-nostdlib", "-static", "-ffreestanding", "-fno-pie", "-no-pie", "-mcmodel=large"]
    command += ["-T", "layout.ld", "-Wl,-Map=program.map,--build-id=none", "-o", "program.elf", "program.c"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    printed = subprocess.run(["size", "program.elf"], cwd=folder, check=True, capture_output=True).stdout  # noqa: S607
    (folder / "size.txt").write_bytes(printed)
    return folder


def test_all_three_agree(linked: Path) -> None:
    text, data, bss = (int(word) for word in (linked / "size.txt").read_text().splitlines()[1].split()[:3])
    assert (data, bss) == (200, 1200)
    assert text > 1000
    expected = Firmware(flash_bytes=text + data, ram_bytes=data + bss)
    for name in ("program.elf", "program.map", "size.txt"):
        assert read_firmware(linked / name) == expected, name


def test_without_section_headers(linked: Path, tmp_path: Path) -> None:
    data = bytearray((linked / "program.elf").read_bytes())
    struct.pack_into("<H", data, 60, 0)  # e_shnum
    (tmp_path / "stripped.elf").write_bytes(data)
    whole, stripped = read_firmware(linked / "program.elf"), read_firmware(tmp_path / "stripped.elf")
    assert stripped.ram_bytes == whole.ram_bytes
    assert whole.flash_bytes <= stripped.flash_bytes < whole.flash_bytes + 32  # padding between sections


def elf32(sections: list[tuple[int, int, int]], order: str = "<") -> bytes:
    """A program of sections (type, flags, bytes), as a 32-bit linker writes it, headers alone."""
    identification = b"\x7fELF" + bytes([1, 1 if order == "<" else 2, 1]) + bytes(9)
    header = struct.pack(order + "HHIIIIIHHHHHH", 2, 40, 1, 0, 0, 52, 0, 52, 32, 0, 40, len(sections), 0)
    rows = (struct.pack(order + "10I", 0, kind, flags, 0, 0, size, 0, 0, 0, 0) for kind, flags, size in sections)
    return identification + header + b"".join(rows)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_program_of_32_bits(tmp_path: Path, order: str) -> None:
    path = tmp_path / "firmware.elf"
    path.write_bytes(elf32([(0, 0, 0), (1, 6, 4000), (1, 3, 100), (8, 3, 700), (1, 0, 99_999)], order))
    assert read_firmware(path) == Firmware(4100, 800)


def broken(content: bytes, path: Path) -> str:
    path.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        read_firmware(path)
    assert caught.value.where == str(path)
    return caught.value.what


def test_malformed_elf_files(tmp_path: Path) -> None:
    path = tmp_path / "firmware.elf"
    good = elf32([(1, 6, 4000)])
    assert "are announced" in broken(good[:40], path)
    assert "are announced" in broken(good[:-1], path)
    assert "word size" in broken(b"\x7fELF\x05" + good[5:], path)
    assert "nothing to load" in broken(elf32([(1, 0, 10)]), path)
    assert "no linked program" in broken(good[:16] + b"\x01" + good[17:], path)
    assert "headers of" in broken(good[:46] + b"\x08\x00" + good[48:], path)


def test_texts_that_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "firmware.map"
    assert "no ELF file" in broken(b"", path)
    assert "no ELF file" in broken(b"hello\n", path)
    title = b"Memory Configuration\n\n%s\nLinker script and memory map\n\n%s\n"
    assert "no memory regions" in broken(title % (b"*default* 0x0 0xffffffff", b".text 0x0 0x10"), path)
    assert "no section" in broken(title % (b"FLASH 0x08000000 0x1000 xr", b".debug_info 0x0 0x10"), path)
    heading = b"   text    data     bss     dec     hex filename\n"
    assert "0 programs" in broken(heading, path)
    assert "2 programs" in broken(heading + b"1 2 3 6 6 a.o\n1 2 3 6 6 b.o\n", path)
    assert "without numbers" in broken(heading + b"a b c 6 6 a.o\n", path)
    assert "no sense" in broken(heading + b"-1 2 3 6 6 a.o\n", path)
    with pytest.raises(BadFile, match="cannot be read"):
        read_firmware(tmp_path / "nowhere.elf")


def test_regions_by_name_attributes_and_address(tmp_path: Path) -> None:
    path = tmp_path / "firmware.map"
    text = """Memory Configuration

Name             Origin             Length             Attributes
rom              0x00000000         0x00010000         xrw
code             0x10000000         0x00010000         xr
data             0x18000000         0x00010000         rw
upper            0x20000000         0x00010000
*default*        0x00000000         0xffffffff

Linker script and memory map

.vectors        0x00000000       0x40
.text           0x10000000      0x100
 .text.inner    0x10000000       0x80 main.o
.data           0x18000000       0x20 load address 0x10000100
.bss            0x20000000       0x30
.comment        0x00000000       0x99
"""
    path.write_text(text)
    assert read_firmware(path) == Firmware(0x40 + 0x100 + 0x20, 0x20 + 0x30)


@pytest.mark.parametrize("name", ["program.elf", "program.map", "size.txt"])
def test_spoilt_files_give_a_size_or_one_message(linked: Path, tmp_path: Path, name: str) -> None:
    original = (linked / name).read_bytes()
    chance = random.Random(4)
    changes: list[Callable[[bytearray], object]] = [
        lambda data: data.__setitem__(chance.randrange(len(data)), chance.randrange(256)),
        lambda data: data.__delitem__(slice(chance.randrange(len(data)), None)),
        lambda data: data.__setitem__(chance.randrange(min(len(data), 64)), 255),
    ]
    path = tmp_path / name
    for _ in range(150):
        data = bytearray(original)
        for _ in range(chance.randint(1, 4)):
            if data:
                chance.choice(changes)(data)
        path.write_bytes(data)
        try:
            found = read_firmware(path)
        except BadFile:
            continue
        assert min(found.flash_bytes, found.ram_bytes) >= 0
