"""Generated C becomes an image for each core, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.codegen.generated import Generated, Option, SourceFile
from workbench.errors import BadSetting, JobDied, NotSupported
from workbench.target import cache
from workbench.target.build import build
from workbench.target.core import core_names, target_core
from workbench.target.toolchain import toolchain

HEADER = "#include <stdint.h>\nint8_t *model_input(void);\nint model_invoke(void);\nconst int8_t *model_output(void);\n"
SOURCE = """#include "model.h"
static uint8_t model_arena[64];
static const int8_t model_w0[32] = {3, 1, 4};
static void op_0(void) { for (int i = 0; i < 32; i++) model_arena[32 + i] = (uint8_t)(model_arena[i] * model_w0[i]); }
static void (*const steps[])(void) = {op_0};
int8_t *model_input(void) { return (int8_t *)model_arena; }
int model_invoke(void) { steps[0](); return 0; }
const int8_t *model_output(void) { return (const int8_t *)model_arena + 32; }
"""


def network(source: str = SOURCE) -> Generated:
    files = (SourceFile("model.h", HEADER), SourceFile("model.c", source))
    return Generated("model", Option.SPEED, files, (), (), 64, ())


def test_an_image_is_built_once_and_again_when_its_source_changes() -> None:
    core = target_core("cortex-m4")
    first = build(network(), core).elf
    stamp = first.stat().st_ino
    assert first.read_bytes()[:4] == b"\x7fELF"
    assert build(network(), core).elf.stat().st_ino == stamp
    assert build(network(SOURCE.replace("{3,", "{5,")), core).elf != first


def test_what_does_not_compile_is_told_in_the_compilers_words() -> None:
    with pytest.raises(JobDied, match="undeclared"):
        build(network(SOURCE.replace("model_w0[i]", "missing")), target_core("cortex-m4"))


def test_every_core_has_flags_or_one_that_stands_in() -> None:
    for name in core_names():
        core = target_core(name)
        assert core.emulator or target_core(core.stand_in).emulator
        assert core.flags or core.stand_in_note
        assert core.cycles.low < 1 <= core.cycles.high


def test_unknown_cores_and_those_without_a_compiler_are_named() -> None:
    with pytest.raises(BadSetting, match="cortex-m99"):
        target_core("cortex-m99")
    with pytest.raises(NotSupported, match="Xtensa"):
        toolchain(target_core("xtensa-lx6"))


def test_the_cache_drops_what_was_used_least_recently(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    monkeypatch.setattr(cache, "MOST_BYTES", 250)
    made = [cache.built([str(n)], ".bin", lambda path: path.write_bytes(bytes(100)) and None) for n in range(3)]
    assert [path.exists() for path in made].count(True) == 2
    assert made[-1].exists()
