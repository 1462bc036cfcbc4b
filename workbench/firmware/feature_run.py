"""The feature computation of an exported folder as a program of its own, run and counted in the emulator.

Between the same block header, the same C and the same constants as in the folder lie only a buffer for the window and
one for the model's input: what is counted is what ``model_run`` does before it invokes the network.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.boards import Board, Core
from workbench.codegen.generated import Generated, Option, Port, SourceFile
from workbench.features.blocks import BLOCKS
from workbench.features.parameters import FeatureParameters
from workbench.firmware import model_info
from workbench.firmware.inputs import FirmwareInputs
from workbench.firmware.templates import fill
from workbench.graph.model import Graph, Operator, Quantization, Subgraph, Tensor
from workbench.resources import resource
from workbench.target.build import build
from workbench.target.core import TargetCore
from workbench.target.cycles import cycles_by_step
from workbench.target.emulator import Emulator
from workbench.target.toolchain import Toolchain

_PREFIX = "features"

_HEADER = """#ifndef FEATURES_RUN_H
#define FEATURES_RUN_H
#include "model_info.h"
model_sample_t *features_input(void);
int features_invoke(void);
model_input_t *features_output(void);
#endif
"""

_SOURCE = """#include "features.h"
#include "block.h"
#include "normalize.h"
static model_sample_t window[MODEL_SAMPLES];
static model_input_t input[MODEL_INPUT_VALUES];
model_sample_t *features_input(void) { return window; }
model_input_t *features_output(void) { return input; }
int features_invoke(void)
{
#if defined(__riscv_flen)
    __asm__ volatile("csrs mstatus, %0" : : "r"(0x6000)); /* the floating-point unit, off after a reset */
#endif
    block_prepare(window);
    for (size_t i = 0; i < MODEL_INPUT_VALUES; ++i) {
        input[i] = $input_value;
    }
    return 0;
}
"""

# For compilers without a C library; the names come from the compiler's own run-time library.
_MATH_H = "float sqrtf(float x);\nfloat fabsf(float x);\nfloat rintf(float x);\n"
_RINTF = """/* Halves to even, as the C library's: adding 2^23 leaves no bits for fractions. */
float rintf(float x);
float rintf(float x)
{
    const float large = 8388608.0f;
    if (!(x > -large && x < large)) {
        return x;
    }
    volatile float rounded = x < 0.0f ? x - large : x + large;
    return x < 0.0f ? rounded + large : rounded - large;
}
"""


class SketchCompiler(Toolchain):
    """A compiler with the options that Arduino's cores give it: for size, with a C library where there is one."""

    def firmware_flags(self, core: TargetCore, option: Option) -> tuple[str, ...]:
        """Flags that compile and link for a core, without files and link script; ``option`` makes no difference."""
        library = ("-I.",) if self.kind == "zig" else ("-Wl,-u,sqrtf,-u,rintf", "-lm", "-nostartfiles")
        sections = ("-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections", "-Wl,-e,Reset_Handler")
        return (*core.flags[self.kind], "-std=c99", "-Os", "-g", *sections, *library)


def sketch_compiler(found: Toolchain) -> SketchCompiler:
    """The same compiler with the options of a sketch."""
    return SketchCompiler(found.kind, found.title, found.command)


@dataclass(frozen=True)
class FeatureRun:
    """What one window takes: cycles and instructions of block and normalization together, and the model's input."""

    instructions: int
    cycles: float
    values: bytes


def run_features(
    parameters: FeatureParameters,
    dtype: str,
    core: TargetCore,
    windows: Sequence[NDArray[np.generic]],
    *,
    compiler: Toolchain,
    counted: TargetCore | None = None,
) -> list[FeatureRun]:
    """Compute features as the firmware does: compiled for ``counted`` (``core`` when None), cycles as of ``core``.

    ``windows`` are float32 (T, C), of pictures uint8 (H, W, C); ``dtype`` is the model's input's. Raises MissingExtra,
    NotSupported, NotPossible and JobDied as compiler and emulator do.
    """
    counted = counted or core
    image = build(_program(parameters, dtype, compiler), counted, compiler=sketch_compiler(compiler))
    with Emulator(image) as emulator:
        runs = [emulator.run([window.tobytes()]) for window in windows]
        return [
            FeatureRun(
                run.instructions,
                sum(cycles_by_step(run.blocks, emulator.file, core, counted).values()),
                run.outputs[0],
            )
            for run in runs
        ]


def _program(parameters: FeatureParameters, dtype: str, compiler: Toolchain) -> Generated:
    inputs = _inputs(parameters, dtype)
    value = model_info.quantized_value("input", inputs.graph.input_tensors[0], "block_value(window, i)")
    block = "picture" if parameters.picture else parameters.block
    names = {*BLOCKS[parameters.block].c_files, "exact_float.h", "normalize.c", "normalize.h"}
    files = {
        "features.h": _HEADER,
        "features.c": _SOURCE.replace("$input_value", value),
        "model_info.h": model_info.header(inputs, ""),
        "model_info.c": model_info.source(inputs, ""),
        "block.h": fill(f"blocks/{block}.h", banner="").decode(),
        **{name: resource("c", "features", name).read_text(encoding="utf-8") for name in names},
    }
    if compiler.kind == "zig":
        files |= {"math.h": _MATH_H, "rintf.c": _RINTF}
    sample = "uint8" if parameters.picture else "float32"
    return Generated(
        prefix=_PREFIX,
        option=Option.SIZE,
        files=tuple(SourceFile(name, content) for name, content in files.items()),
        inputs=(Port("window", parameters.input_shape, sample, 1.0, 0),),
        outputs=(Port("input", parameters.output_shape, dtype, 1.0, 0),),
        arena_bytes=0,
        steps=(),
    )


def _inputs(parameters: FeatureParameters, dtype: str) -> FirmwareInputs:
    """An export of a model that takes these features and does nothing with them."""
    quantization = None if dtype == "float32" else Quantization((0.04,), (-3,))
    shapes = ((1, *parameters.output_shape), (1, 1))
    item = np.dtype(dtype).itemsize
    tensors = tuple(
        Tensor(place, f"tensor {place}", shape, dtype, math.prod(shape) * item, quantization)
        for place, shape in enumerate(shapes)
    )
    graph = Graph((Subgraph("main", tensors, (Operator(0, "RESHAPE", 1, (0,), (1,)),), (0,), (1,)),))
    return FirmwareInputs(
        name="features",
        model=b"",
        graph=graph,
        board=Board("emulated", "Emulated", "", Core("", 1), 1, 1, 1.0),
        arena_bytes=0,
        arena_source="",
        task="numbers",
        parameters=parameters,
        units=("",) * len(parameters.channels),
    )
