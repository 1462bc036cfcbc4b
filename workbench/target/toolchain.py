"""The compilers: zig from the package ``ziglang``, or a GCC that is installed."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.codegen.generated import Option
from workbench.errors import MissingExtra, NotSupported
from workbench.settings import cache_folder
from workbench.target.core import TargetCore

EXTRA = "target"
INSTALL = f'pip install "tinyml-workbench[{EXTRA}]"'

_ARM_GCC = ("arm-none-eabi-gcc",)
_RISC_V_GCC = ("riscv32-esp-elf-gcc", "riscv-none-elf-gcc", "riscv32-unknown-elf-gcc", "riscv64-unknown-elf-gcc")
_HOST_GCC = ("gcc", "clang", "cc")

# -ffp-contract=off: the same bits on every core. Unrolling doubles the code for little.
_C = ("-std=c99", "-g", "-ffreestanding", "-ffp-contract=off", "-ffunction-sections", "-fdata-sections")
OPTIMIZATION: Mapping[Option, tuple[str, ...]] = {
    Option.SIZE: ("-Os",),
    Option.SPEED: ("-O2", "-fno-unroll-loops", "-fomit-frame-pointer"),
}


@dataclass(frozen=True)
class Toolchain:
    """A compiler driver.

    ``kind`` is "zig" or "gcc", which says whose flags it takes; ``title`` names it with its version; ``command`` starts
    it.
    """

    kind: str
    title: str
    command: tuple[str, ...]

    def firmware_flags(self, core: TargetCore, option: Option) -> tuple[str, ...]:
        """Flags that compile and link a firmware image for a core, without its files and link script."""
        own = () if self.kind == "zig" else ("-nostartfiles", "-fno-asynchronous-unwind-tables")
        link = ("-Wl,--gc-sections", "-Wl,-e,Reset_Handler")
        return (*core.flags[self.kind], *_C, *OPTIMIZATION[option], *own, *link)

    def host_flags(self) -> tuple[str, ...]:
        """Flags that compile a shared library for this computer."""
        return ("-std=c99", "-O2", "-ffp-contract=off", "-shared", "-fPIC")

    def environment(self, local_cache: Path) -> Mapping[str, str]:
        """Environment variables of a run; zig keeps between runs what lies in our cache alone."""
        environment = dict(os.environ)
        if self.kind == "zig":
            environment |= {
                "ZIG_GLOBAL_CACHE_DIR": str(cache_folder("zig")),
                "ZIG_LOCAL_CACHE_DIR": str(local_cache),
            }
            environment.setdefault("HOME", str(local_cache))  # zig looks for it and stops when there is none
        return environment


@functools.cache
def zig() -> Toolchain | None:
    """The compiler of the package ``ziglang``; None when it is not installed."""
    found = importlib.util.find_spec("ziglang")
    if found is None or not found.origin:
        return None
    program = Path(found.origin).with_name("zig.exe" if os.name == "nt" else "zig")
    return Toolchain("zig", f"zig {importlib.metadata.version('ziglang')}", (str(program), "cc"))


@functools.cache
def _installed_gcc(names: tuple[str, ...]) -> Toolchain | None:
    for name in names:
        program = shutil.which(name)
        if program:
            version = subprocess.run([program, "-dumpversion"], capture_output=True, text=True, check=False)
            return Toolchain("gcc", f"{name} {version.stdout.strip()}", (program,))
    return None


def gcc(core: TargetCore) -> Toolchain | None:
    """A GCC for the core on the PATH; None when there is none."""
    return _installed_gcc(_RISC_V_GCC if core.is_risc_v else _ARM_GCC)


def toolchain(core: TargetCore) -> Toolchain:
    """The compiler for a core. Raises MissingExtra when none is here, NotSupported when none exists in a package."""
    if not core.flags:
        raise NotSupported(f"No compiler for the {core.title} comes in a package.")
    found = zig() or gcc(core)
    if found is None:
        raise MissingExtra(f"There is no compiler for the {core.title}.", to_do=f"{INSTALL} brings one.")
    return found


def host_toolchain() -> Toolchain:
    """A compiler for this computer; MissingExtra when there is none."""
    found = zig() or _installed_gcc(_HOST_GCC)
    if found is None:
        raise MissingExtra("There is no C compiler for this computer.", to_do=f"{INSTALL} brings one.")
    return found
