"""The C twins of the feature blocks, compiled as they are shipped."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import pytest

from workbench.resources import resource

# The strictest reading of the house rule on generated C; contraction on, as arm-none-eabi-gcc has it by default.
FLAGS = (
    "-std=c99 -O2 -ffp-contract=fast -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wdouble-promotion "
    "-Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror"
).split()


@pytest.fixture(scope="session")
def twins(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    library = tmp_path_factory.mktemp("twins") / "twins.so"
    sources = sorted(resource("c", "features").glob("*.c"))
    subprocess.run(
        ["gcc", *FLAGS, "-fPIC", "-shared", *map(str, sources), "-o", str(library), "-lm"], check=True, timeout=60
    )
    return ctypes.CDLL(str(library))


@pytest.fixture(scope="session")
def feature_sources() -> Path:
    return resource("c", "features")
