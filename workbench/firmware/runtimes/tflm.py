"""TensorFlow Lite Micro: an interpreter from a library, and the model as an array that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.codegen.c_text import c_bytes
from workbench.firmware import model_info
from workbench.firmware.inputs import FirmwareFile, FirmwareInputs
from workbench.firmware.operators import resolver_methods
from workbench.firmware.runtimes.runtime import Runtime
from workbench.firmware.templates import fill, table

_TROUBLE = (
    "If it says that AllocateTensors failed, raise `ARENA_SPARE` at the top of the sketch: other versions of the "
    "library\nkeep a little more in the arena than the one this figure is for."
)


def tflm(inputs: FirmwareInputs, banner: str, digest: str) -> Runtime:
    """The interpreter with exactly the model's operators, and the model, which it must be able to run."""
    methods = resolver_methods(inputs.graph)
    library = find_library(inputs)
    source, target = inputs.graph.input_tensors[0], inputs.graph.output_tensors[0]
    runner = fill(
        "model_runner.cpp",
        banner=banner,
        library_header=library["header"],
        operator_count=str(len(methods)),
        add_operators=" ||\n        ".join(f"resolver.{method}() != kTfLiteOk" for method in methods),
        input_field=model_info.FIELDS[source.dtype],
        output_field=model_info.FIELDS[target.dtype],
        input_value=model_info.quantized_value("input", source, "block_value(window, i)"),
        output_value=model_info.real_value("output", target, "output[i]"),
    )
    size = str(len(inputs.model))
    return Runtime(
        title="TensorFlow Lite Micro",
        files=(
            FirmwareFile("model_runner.cpp", runner),
            FirmwareFile("model_data.h", fill("model_data.h", banner=banner, digest=digest, model_bytes=size)),
            FirmwareFile("model_data.cpp", fill("model_data.cpp", banner=banner, model_array=c_bytes(inputs.model))),
        ),
        arena=fill("arena.ino").decode(),
        begin_arguments="arena, sizeof(arena)",
        arena_words=" in `arena`, which must be aligned to 16 bytes.",
        step=f"**Install the runtime: {library['name']}.** {library['install']} {library['note']}",
        trouble=_TROUBLE,
        figure_rows=(
            (
                "Kinds of operators",
                str(len(methods)),
                "counted in the model; the resolver has room for exactly these",
            ),
        ),
        file_lines=(
            ("model_runner.h, model_runner.cpp", "the model behind four functions, with exactly its operators"),
            ("model_data.h, model_data.cpp", "the model as an aligned array in flash"),
        ),
    )


def find_library(inputs: FirmwareInputs) -> Mapping[str, Any]:
    """The Arduino library that carries the runtime for the board's core: name, header, install, note."""
    board_name = inputs.board.toolchain.get("arduino", "")
    known = [
        (len(core), library)
        for library in table("arduino", "libraries.toml")["libraries"]
        for core in library["cores"]
        if board_name.startswith(core)
    ]
    found: Mapping[str, Any] = max(known, key=lambda entry: entry[0])[1]
    return found
