"""The generated C gives no warning with any compiler, and runs clean under sanitizers."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType

import pytest
from random_networks import random_network

from workbench.codegen.generated import Generated, Option, port_function
from workbench.target.core import target_core
from workbench.target.emulator import port_bytes
from workbench.target.toolchain import OPTIMIZATION, Toolchain, gcc, zig

GCC = shutil.which("gcc") or ""
HOST = ("gcc", "")
REFERENCES = ("kws_ref", "vww_96", "ic_resnet8", "ad01")
WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
# Fills every input, runs, reads every output; then the copying wrapper with values no input should have.
NETWORK = """\
#include "{prefix}.h"
static void run_{prefix}(void)
{{
    static float reals[{inputs}][{most}], made[{outputs}][{most}];
    int i, k;
    for (k = 0; k < {inputs}; k++) {{
        for (i = 0; i < {most}; i++) {{
            reals[k][i] = i % 5 ? (float)(next() % 2001) / 100.0f - 10.0f : odd[next() % 5];
        }}
    }}
{fills}
    if ({prefix}_invoke() != 0) abort();
{reads}
    if ({prefix}_run({arguments}) != 0) abort();
}}
"""
MAIN = """\
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
static uint32_t state = 1;
static uint32_t next(void) {{ state = state * 1664525u + 1013904223u; return state >> 8; }}
static void fill(void *to, int count) {{ for (uint8_t *at = to; count > 0; count--) *at++ = (uint8_t)next(); }}
static uint32_t sum;
static void read(const void *from, int count) {{ for (const uint8_t *at = from; count > 0; count--) sum += *at++; }}
static const float odd[5] = {{NAN, INFINITY, -INFINITY, 3e38f, -3e38f}};
{networks}
int main(void)
{{
    for (int round = 0; round < 2; round++) {{
{runs}
    }}
    return sum == 0;
}}
"""


def main_of(networks: Iterable[Generated]) -> str:
    """A program that runs all networks."""
    texts, runs = [], []
    for network in networks:
        ports = {"input": network.inputs, "output": network.outputs}
        calls: dict[str, list[str]] = {"input": [], "output": []}
        for kind, verb in (("input", "fill"), ("output", "read")):
            for place, port in enumerate(ports[kind]):
                calls[kind].append(f"    {verb}({port_function(network.prefix, kind, place)}(), {port_bytes(port)});")
        arguments = [f"reals[{place}]" for place in range(len(network.inputs))]
        arguments += [f"made[{place}]" for place in range(len(network.outputs))]
        texts.append(
            NETWORK.format(
                prefix=network.prefix,
                inputs=len(network.inputs),
                outputs=len(network.outputs),
                most=max(port_bytes(port) for port in (*network.inputs, *network.outputs)),
                fills="\n".join(calls["input"]),
                reads="\n".join(calls["output"]),
                arguments=", ".join(arguments),
            )
        )
        runs.append(f"        run_{network.prefix}();")
    return MAIN.format(networks="\n".join(texts), runs="\n".join(runs))


def run_clean(host: ModuleType, models: Mapping[str, bytes], option: Option, folder: Path) -> None:
    networks = host.generated(models, option).values()
    sources = host.write_together(networks, folder)
    (folder / "main.c").write_text(main_of(networks), encoding="utf-8")
    program = folder / "program"
    command = [GCC, "-std=c99", *SANITIZERS, "-o", str(program), *sources, str(folder / "main.c"), "-lm"]
    subprocess.run(command, check=True)
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:2000]


@pytest.mark.skipif(not GCC, reason="no gcc")
def test_a_few_networks_run_clean(host: ModuleType, tmp_path: Path) -> None:
    run_clean(host, {str(seed): random_network(seed) for seed in range(20, 24)}, Option.SIZE, tmp_path)


@pytest.mark.nightly
@pytest.mark.skipif(not GCC, reason="no gcc")
@pytest.mark.parametrize("option", list(Option))
def test_many_networks_run_clean(option: Option, host: ModuleType, shared: Path, tmp_path: Path) -> None:
    run_clean(host, references(shared) | random_models(60), option, tmp_path)


def references(shared: Path) -> dict[str, bytes]:
    return {name: (shared / "models" / f"mlperf_{name}_int8.tflite").read_bytes() for name in REFERENCES}


def random_models(count: int) -> dict[str, bytes]:
    """As many of int8, and half as many of int16."""
    narrow = {str(seed): random_network(seed) for seed in range(count)}
    return narrow | {f"{seed} of int16": random_network(seed, wide=True) for seed in range(count // 2)}


def installed(kind: str, core: str) -> tuple[Toolchain, tuple[str, ...]]:
    """A compiler and its flags for a core; the test is skipped where it is missing."""
    if not core:
        if not GCC:
            pytest.skip("no gcc")
        return Toolchain("gcc", "gcc", (GCC,)), ()
    target = target_core(core)
    found = zig() if kind == "zig" else gcc(target)
    if found is None:
        pytest.skip(f"no {kind} for {core}")
    return found, (*target.flags[kind], "-ffreestanding")


@pytest.mark.nightly
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("option", list(Option))
@pytest.mark.parametrize(
    "compiler",
    [
        HOST,
        *(("gcc", core) for core in ("cortex-m0plus", "cortex-m4", "cortex-m33")),
        *(("zig", core) for core in ("cortex-m0plus", "cortex-m4", "cortex-m7", "cortex-m55", "rv32imc")),
    ],
)
def test_no_warning(compiler: tuple[str, str], option: Option, host: ModuleType, shared: Path, tmp_path: Path) -> None:
    models = references(shared) | random_models(40)
    found, flags = installed(*compiler)
    sources = host.write_together(host.generated(models, option).values(), tmp_path)
    sources += [str(path) for path in tmp_path.glob("*.S") if compiler != HOST]
    for source in sources:
        done = subprocess.run(
            [*found.command, *flags, "-std=c99", *OPTIMIZATION[option], *WARNINGS, "-c", source, "-o", "out.o"],
            cwd=tmp_path,
            env=dict(found.environment(tmp_path / ".zig")),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[:3000]
