"""What a linked image holds: sizes by kind of content, addresses, and where the code is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import MissingExtra
from workbench.target.toolchain import INSTALL

FLASH_SECTIONS = (".harness", ".text", ".weights", ".rodata", ".data")
RAM_SECTIONS = (".data", ".bss", ".arena")


@dataclass(frozen=True)
class Region:
    """A piece of memory at run time: ``content`` is what it holds at first, followed by zeros up to ``size`` bytes."""

    name: str
    address: int
    size: int
    content: bytes
    writable: bool


@dataclass(frozen=True)
class FlashSizes:
    """Bytes in flash: instructions, the model's constants, other constants with the initial values of variables."""

    code: int
    weights: int
    constants: int

    @property
    def total(self) -> int:
        """All of it; the start-up that only the emulation needs is left out."""
        return self.code + self.weights + self.constants


@dataclass(frozen=True)
class ImageFile:
    """An ELF file's content; ``symbols`` are (address, bytes) by name, Thumb bits cleared."""

    regions: tuple[Region, ...]
    symbols: Mapping[str, tuple[int, int]]
    sections: Mapping[str, int]

    @property
    def flash(self) -> FlashSizes:
        """What the network takes in flash."""
        sizes = self.sections
        return FlashSizes(sizes[".text"], sizes[".weights"], sizes[".rodata"] + sizes[".data"])

    @property
    def arena_bytes(self) -> int:
        return self.sections[".arena"]

    @property
    def static_bytes(self) -> int:
        """Variables outside the arena."""
        return self.sections[".data"] + self.sections[".bss"]

    @property
    def code(self) -> Region:
        """The region that is executed."""
        return next(region for region in self.regions if not region.writable)

    def at(self, address: int) -> str:
        """The function that holds an address; empty when none does."""
        for name, (start, size) in self.symbols.items():
            if start <= address < start + size:
                return name
        return ""


def read_image(path: Path) -> ImageFile:
    """Read an image that build() made; MissingExtra without pyelftools."""
    try:
        from elftools.elf.elffile import ELFFile
        from elftools.elf.sections import SymbolTableSection
    except ImportError as error:
        raise MissingExtra("Images cannot be read without pyelftools.", to_do=f"{INSTALL} brings it.") from error
    with path.open("rb") as file:
        elf = ELFFile(file)
        sections = dict.fromkeys((*FLASH_SECTIONS, *RAM_SECTIONS), 0)
        regions = []
        flash: list[tuple[int, bytes]] = []
        for section in elf.iter_sections():
            if section.name not in sections or not section["sh_size"]:
                continue
            sections[section.name] = section["sh_size"]
            start, content = section["sh_addr"], b"" if section["sh_type"] == "SHT_NOBITS" else section.data()
            if section.name in RAM_SECTIONS:
                regions.append(Region(section.name, start, section["sh_size"], content, writable=True))
            else:
                flash.append((start, content))
        symbols = {}
        table = elf.get_section_by_name(".symtab")
        for symbol in table.iter_symbols() if isinstance(table, SymbolTableSection) else ():
            if symbol["st_size"] or symbol["st_info"]["type"] == "STT_FUNC":
                thumb = symbol["st_info"]["type"] == "STT_FUNC" and elf["e_machine"] == "EM_ARM"
                symbols[symbol.name] = (symbol["st_value"] & ~1 if thumb else symbol["st_value"], symbol["st_size"])
    return ImageFile((_one_piece(flash), *_joined(regions)), symbols, sections)


def _one_piece(parts: list[tuple[int, bytes]]) -> Region:
    """Flash as one region, zeros between its parts."""
    start, end = min(at for at, _ in parts), max(at + len(content) for at, content in parts)
    content = bytearray(end - start)
    for at, part in parts:
        content[at - start : at - start + len(part)] = part
    return Region("flash", start, len(content), bytes(content), writable=False)


def _joined(regions: list[Region]) -> list[Region]:
    """Variables with and without initial values as one region, because they may share a page."""
    variables = sorted((one for one in regions if one.name != ".arena"), key=lambda one: one.address)
    arena = [one for one in regions if one.name == ".arena"]
    if not variables:
        return arena
    start = variables[0].address
    end = max(one.address + one.size for one in variables)
    content = bytearray(end - start)
    for one in variables:
        content[one.address - start : one.address - start + len(one.content)] = one.content
    return [Region("variables", start, end - start, bytes(content), writable=True), *arena]
