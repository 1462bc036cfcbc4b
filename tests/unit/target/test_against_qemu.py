"""The emulator's instruction counts against another emulator's clock."""

from __future__ import annotations

import shutil
import subprocess
from types import ModuleType

import pytest

from workbench.codegen.generated import Option
from workbench.codegen.network import Network
from workbench.graph.read import read_graph
from workbench.target.build import build
from workbench.target.core import target_core
from workbench.target.emulator import Emulator

QEMU = shutil.which("qemu-system-arm") or ""
RUNS = 100
# With -icount shift=0 an instruction takes a nanosecond of virtual time, and the board's SysTick counts at 25 MHz.
INSTRUCTIONS_PER_TICK = 40
MAIN = f"""
#include "model.h"
int main(void);
static void semihosting(int operation, const void *argument) {{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}}
int main(void) {{
    volatile uint32_t *systick = (volatile uint32_t *)0xE000E010U;
    char text[12];
    uint32_t before, ticks;
    int i;
    (void)model_input();
    systick[1] = 0xFFFFFF;
    systick[2] = 0;
    systick[0] = 5;
    before = systick[2];
    for (i = 0; i < {RUNS}; i++) {{
        (void)model_invoke();
    }}
    ticks = (before - systick[2]) & 0xFFFFFFU;
    for (i = 0; i < 8; i++) {{
        text[i] = "0123456789abcdef"[(ticks >> (28 - 4 * i)) & 15U];
    }}
    text[8] = '\\n';
    text[9] = 0;
    (void)model_output();
    semihosting(4, text);
    semihosting(0x18, (const void *)0x20026);
    for (;;) {{
    }}
}}
"""


@pytest.mark.nightly
@pytest.mark.skipif(not QEMU, reason="no qemu-system-arm")
def test_instruction_counts_agree(files: ModuleType) -> None:
    tensors = [files.T((1, 999), scales=(0.05,), zero_point=-3), files.T((1, 999), scales=(0.04,), zero_point=5)]
    model = files.build(files.G(tensors, [files.Op("RELU", [0], [1])], [0], [1]))
    generated = Network(read_graph(model)).generate(Option.SPEED)
    core = target_core("cortex-m4")
    with Emulator(build(generated, core)) as emulator:
        counted = emulator.run([bytes(999)]).instructions
    elf = build(generated, core, main=MAIN).elf
    machine = ["-M", "mps2-an386", "-nographic", "-icount", "shift=0"]
    semihosting = ["-semihosting-config", "enable=on,target=native"]
    done = subprocess.run(
        [QEMU, *machine, *semihosting, "-kernel", str(elf)], capture_output=True, text=True, timeout=300, check=False
    )
    ticks = int((done.stdout + done.stderr).strip().split()[-1], 16)
    assert ticks * INSTRUCTIONS_PER_TICK / RUNS == pytest.approx(counted, rel=0.005)
