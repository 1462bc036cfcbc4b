"""Every kernel reads and writes in the order the memory plan counts on: traced, each access of each element.

Each case is an operator of a random network with one order of reads and writes. Its tensors and scratch lie apart in an
arena of its own, with gaps that nothing may touch; the trace says when each element was read last, and written first.
"""

from __future__ import annotations

import ctypes
import dataclasses
import importlib.util
import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from random_networks import random_network
from tflite_files import G, Op, T, build

from workbench.codegen.generated import Generated, GeneratedStep, Option, Port
from workbench.codegen.lowering import Lowered, Placed
from workbench.codegen.operators.coded import CODED_LOWERINGS
from workbench.codegen.operators.table import LOWERINGS
from workbench.codegen.render import Part, PlacedPort, Sources
from workbench.graph.model import Tensor
from workbench.graph.read import read_graph
from workbench.memory.plain_c.access import NEVER, Access, Cells
from workbench.memory.plain_c.call import Call, is_computed
from workbench.memory.plain_c.orders.table import variants
from workbench.memory.plain_c.storage import is_alias
from workbench.memory.plain_c.weight_coding import WeightCoding
from workbench.target import build as target
from workbench.target.core import target_core
from workbench.target.image_file import read_image

GCC = shutil.which("gcc") or ""
MANY, FEW = 40, 25  # random networks
WORD = 4
KERNELS, ASSEMBLED = 36, 20  # functions and cases, at least
GAP = 32  # bytes between tensors
MOST_BYTES = 1500  # of a tensor
BITMAP = WeightCoding(bitmap=True, bits=8, palettes=0, bytes=0)
EVENT = np.dtype([("offset", np.int32), ("bytes", np.int16), ("write", np.int16)])

# What the compiler's thread sanitizer calls at every access; the sanitizer itself is not linked.
TRACER = """\
#include <stdint.h>
#include "t.c"
struct event { int32_t offset; int16_t bytes, write; };
static struct event events[MOST];
int32_t count;
static void record(void *at, int bytes, int write)
{
    const intptr_t offset = (intptr_t)at - (intptr_t)t_arena;
    if (offset >= 0 && offset < T_ARENA_BYTES && count < MOST)
        events[count++] = (struct event){(int32_t)offset, (int16_t)bytes, (int16_t)write};
}
const struct event *trace(void) { count = 0; t_invoke(); return events; }
#define HOOK(bytes) \\
    void __tsan_read##bytes(void *at) { record(at, bytes, 0); } \\
    void __tsan_write##bytes(void *at) { record(at, bytes, 1); } \\
    void __tsan_unaligned_read##bytes(void *at) { record(at, bytes, 0); } \\
    void __tsan_unaligned_write##bytes(void *at) { record(at, bytes, 1); }
HOOK(1) HOOK(2) HOOK(4) HOOK(8) HOOK(16)
void __tsan_read_range(void *at, long bytes) { record(at, (int)bytes, 0); }
void __tsan_write_range(void *at, long bytes) { record(at, (int)bytes, 1); }
void __tsan_func_entry(void *from) { (void)from; }
void __tsan_func_exit(void) { }
void __tsan_init(void) { }
"""
MOST_EVENTS = 40_000_000


@dataclasses.dataclass(frozen=True)
class Case:
    """An operator with one order; ``places`` are its tensors' offsets, ``scratch`` that of its scratch."""

    title: str
    placed: Placed
    part: Part
    start: int
    end: int

    @property
    def computed(self) -> list[Tensor]:
        call = self.placed.call
        return [tensor for tensor in (*call.inputs, *call.outputs) if tensor is not None and is_computed(tensor)]


def cases(option: Option, seeds: int, *, everything: bool = False) -> list[Case]:
    """One case for each kernel and order, or all that the random networks have."""
    found: list[Case] = []
    known: set[object] = set()
    at = GAP
    for name, model, wide in models(seeds):
        graph = read_graph(model)
        for operator in graph.main.operators:
            call = Call(operator, graph.main)
            sizes = [tensor.bytes for tensor in (*call.inputs, *call.outputs) if tensor and is_computed(tensor)]
            if is_alias(call) or max(sizes) > MOST_BYTES or sizes[-1] < 12:
                continue
            for access, lower in itertools.product(
                itertools.chain(*variants(call, {})), kernels(operator.name, wide=wide)
            ):
                placed, end = placed_at(call, access, option, at)
                lowered = lower(placed)
                key = (operator.name, lowered.function, access.parameters.get("block"), access.backwards)
                key = (*key, access.parameters.get("lines"), wide)
                if key in known and not everything:
                    continue
                known.add(key)
                title = f"{name}, {call.where}: {lowered.function}, {access.in_words}"
                symbol = f"t_op_{len(found)}"
                step = GeneratedStep(symbol, operator.index, operator.name)
                found.append(Case(title, placed, Part(step, lowered), at, end))
                at = end + GAP
    return found


def models(seeds: int) -> Iterator[tuple[str, bytes, bool]]:
    """Random networks, and operators that they lack: a name, the model, and whether its activations are int16."""
    for seed in range(seeds):
        yield f"seed {seed}", random_network(seed), False
    for seed in range(seeds // 2):
        yield f"seed {seed} of int16", random_network(seed, wide=True), True
    real, small = T((1, 5, 4, 3), "float32"), T((1, 5, 4, 3), scales=(0.1,))
    large, sizes = T((1, 7, 9, 3), scales=(0.1,)), T((2,), "int32", constant=np.array([7, 9], np.int32))
    yield "one", build(G([real, small], [Op("QUANTIZE", [0], [1])], [0], [1])), False
    yield "one", build(G([small, real], [Op("DEQUANTIZE", [0], [1])], [0], [1])), False
    resize = Op("RESIZE_NEAREST_NEIGHBOR", [0, 1], [2], "ResizeNearestNeighborOptions")
    yield "one", build(G([small, sizes, large], [resize], [0], [2])), False


def kernels(name: str, *, wide: bool) -> Iterator[Callable[[Placed], Lowered]]:
    """What an operator may become: with its weights as they are, and coded."""
    yield LOWERINGS[name]
    if name in CODED_LOWERINGS and not wide:
        yield lambda placed: CODED_LOWERINGS[name](placed, BITMAP)


def placed_at(call: Call, access: Access, option: Option, at: int) -> tuple[Placed, int]:
    """An operator with its tensors one behind the other from ``at`` on, and where they end."""
    offsets: dict[int, int] = {}
    for tensor in (*call.inputs, *call.outputs):
        if is_computed(tensor) and tensor is not None and tensor.index not in offsets:
            offsets[tensor.index] = at
            at = -(-(at + tensor.bytes) // GAP) * GAP + GAP
    return Placed(call, access, option, offsets, at), -(-(at + access.scratch_bytes) // GAP) * GAP + GAP


def together(found: Sequence[Case], option: Option) -> Generated:
    """All cases as the steps of one network; its input and output, which no step has, are the start of the arena."""
    port = PlacedPort(Port("start", (4,), "int32", 1.0, 0), 0)
    size = found[-1].end
    sources = Sources("t", (), (port,), (port,), (), size, 16, tuple(case.part for case in found))
    steps = tuple(case.part.step for case in found)
    return Generated("t", option, sources.render().files, (port.port,), (port.port,), size, steps)


def check(case: Case, events: NDArray[np.void]) -> None:
    """No element may be read after one is written that the plan allows to lie on it."""
    access, call = case.placed.access, case.placed.call
    read_last = np.full(case.end - case.start, NEVER, np.int64)
    written_first = np.full(case.end - case.start, events.size, np.int64)
    reads = of_tensors(case, zip(call.inputs, access.reads, strict=True))
    writes = of_tensors(case, zip(call.outputs, access.writes, strict=True))
    scratch = np.zeros(case.end - case.start, bool)
    start = (case.placed.scratch or 0) - case.start
    scratch[start : start + access.scratch_bytes] = True
    # Whole words may be read, so a tensor's last word may be read to its end, but nothing written.
    may_write = scratch | (writes != NEVER)
    may_read = np.repeat((may_write | (reads != NEVER)).reshape(-1, WORD).any(1), WORD)
    times = np.arange(events.size)
    for size in np.unique(events["bytes"]):
        for write in (0, 1):
            chosen = (events["bytes"] == size) & (events["write"] == write)
            offsets = events["offset"][chosen] - case.start
            for byte in range(int(size)):
                allowed = (may_write if write else may_read)[offsets + byte]
                assert allowed.all(), f"{case.title}: {('reads', 'writes')[write]} what is not its own"
                if write:
                    np.minimum.at(written_first, offsets + byte, times[chosen])
                else:
                    np.maximum.at(read_last, offsets + byte, times[chosen])
    ends = (writes != NEVER) & (written_first == events.size)
    assert not ends.any(), f"{case.title}: leaves {ends.sum()} bytes of its output unwritten"
    assert (written_first[(reads != NEVER)] == events.size).all(), f"{case.title}: writes into its input"
    # By turn: the last read of all that may be overwritten then, the first write from then on.
    last = np.full(access.turns, NEVER, np.int64)
    first = np.full(access.turns, events.size, np.int64)
    np.maximum.at(last, reads[reads != NEVER], read_last[reads != NEVER])
    np.minimum.at(first, writes[writes != NEVER], written_first[writes != NEVER])
    last, first = np.maximum.accumulate(last), np.minimum.accumulate(first[::-1])[::-1]
    late = np.flatnonzero(last >= first)
    assert not late.size, f"{case.title}: reads in turn {late[:1]} what it has overwritten"


def of_tensors(case: Case, cells: Iterator[tuple[Tensor | None, Cells | None]]) -> NDArray[np.int64]:
    """The turn of each byte of these tensors, the latest where one is read twice; NEVER elsewhere."""
    turns = np.full(case.end - case.start, NEVER, np.int64)
    for tensor, of in cells:
        if tensor is not None and of is not None:
            start = case.placed.offsets[tensor.index] - case.start
            area = slice(start, start + tensor.bytes)
            turns[area] = np.maximum(turns[area], of.by_byte())
    return turns


def check_all(found: Sequence[Case], events: NDArray[np.void]) -> None:
    order = np.searchsorted([case.end for case in found], events["offset"], side="right")
    for number, case in enumerate(found):
        own = events[order == number]
        assert own.size, f"{case.title}: nothing was traced"
        check(case, own)


def traced_on_host(found: Sequence[Case], option: Option, folder: Path) -> NDArray[np.void]:
    network = together(found, option)
    for file in network.files:
        (folder / file.name).write_text(file.content, encoding="utf-8")
    (folder / "trace.c").write_text(TRACER, encoding="utf-8")
    kernels = [str(path) for path in folder.glob("*.c") if path.name not in ("t.c", "trace.c")]
    flags = ("-std=c99", "-O0", "-fPIC", f"-DMOST={MOST_EVENTS}")
    subprocess.run([GCC, *flags, "-fsanitize=thread", "-c", *kernels], check=True, cwd=folder)
    subprocess.run([GCC, *flags, "-c", "trace.c"], check=True, cwd=folder)
    objects = [str(path) for path in folder.glob("*.o")]
    subprocess.run([GCC, "-shared", "-o", "trace.so", *objects], check=True, cwd=folder)
    library = ctypes.CDLL(str(folder / "trace.so"))
    library.trace.restype = ctypes.c_void_p
    start = library.trace()
    count = ctypes.c_int32.in_dll(library, "count").value
    assert 0 < count < MOST_EVENTS
    return np.frombuffer(ctypes.string_at(start, count * EVENT.itemsize), EVENT)


def traced_on_cortex_m4(found: Sequence[Case], option: Option) -> NDArray[np.void]:
    """The same on an emulated core, for kernels in assembly."""
    import unicorn
    from unicorn import arm_const

    image = target.build(together(found, option), target_core("cortex-m4"))
    file = read_image(image.elf)
    machine = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
    machine.ctl_set_cpu_model(arm_const.UC_CPU_ARM_CORTEX_M4)
    machine.mem_map(0, 64 << 20)
    machine.mem_map(0x20000000, 272 << 20)
    for region in file.regions:
        machine.mem_write(region.address, region.content)
    arena = file.symbols["t_arena"][0]
    events: list[tuple[int, int, int]] = []

    def record(_: object, kind: int, address: int, size: int, *__: object) -> None:
        events.append((address - arena, size, int(kind == unicorn.UC_MEM_WRITE)))

    kinds = unicorn.UC_HOOK_MEM_READ | unicorn.UC_HOOK_MEM_WRITE
    machine.hook_add(kinds, record, begin=arena, end=arena + found[-1].end - 1)
    stop = 0x03FFF000
    machine.reg_write(arm_const.UC_ARM_REG_SP, 0x20200000)
    machine.reg_write(arm_const.UC_ARM_REG_LR, stop | 1)
    machine.emu_start(file.symbols["t_invoke"][0] | 1, stop)
    return np.array(events, EVENT)


@pytest.mark.skipif(not GCC, reason="no gcc")
def test_each_kernel_and_order(tmp_path: Path) -> None:
    found = cases(Option.SPEED, FEW)
    assert len({case.part.lowered.function for case in found}) >= KERNELS
    events = traced_on_host(found, Option.SPEED, tmp_path)
    check_all(found, events)


@pytest.mark.skipif(not GCC, reason="no gcc")
def test_a_wrong_order_is_found(tmp_path: Path) -> None:
    """The plan says that the kernel runs the other way round."""
    found = [case for case in cases(Option.SIZE, 3) if case.part.lowered.function == "wb_lookup"][:2]
    events = traced_on_host(found, Option.SIZE, tmp_path)
    there, back = (case.placed for case in found)
    assert (there.call, there.access.backwards, back.access.backwards) == (back.call, False, True)
    exchanged = [
        dataclasses.replace(case, placed=dataclasses.replace(case.placed, access=other.access))
        for case, other in zip(found, (back, there), strict=True)
    ]
    check_all(found, events)
    for case in exchanged:
        with pytest.raises(AssertionError, match="overwritten"):
            check_all([case], events[(events["offset"] >= case.start) & (events["offset"] < case.end)])


@pytest.mark.nightly
@pytest.mark.skipif(not GCC, reason="no gcc")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("option", list(Option))
def test_all_operators_of_the_random_networks(option: Option, tmp_path: Path) -> None:
    found = cases(option, MANY, everything=True)
    check_all(found, traced_on_host(found, option, tmp_path))


@pytest.mark.nightly
@pytest.mark.skipif(importlib.util.find_spec("unicorn") is None, reason="no unicorn")
@pytest.mark.timeout(1200)
def test_assembly_on_an_emulated_core() -> None:
    # Only these: the emulator cannot trace C whose compiler made loads conditional (Thumb IT blocks).
    every = cases(Option.SPEED, MANY, everything=True)
    found = [case for case in every if any(name.endswith(".S") for name in case.part.lowered.kernels)]
    assert len(found) >= ASSEMBLED
    check_all(found, traced_on_cortex_m4(found, Option.SPEED))
