"""Generated C: the network is code, and nothing has to be installed."""

from __future__ import annotations

from workbench.codegen.generated import Generated
from workbench.firmware import model_info
from workbench.firmware.inputs import FirmwareFile, FirmwareInputs
from workbench.firmware.runtimes.runtime import Runtime
from workbench.firmware.templates import fill

PREFIX = "network"  # model_ is taken by the sketch's own names


def plain_c(inputs: FirmwareInputs, network: Generated, banner: str) -> Runtime:
    """The generated files, which were made with PREFIX, and the functions around them."""
    source, target = inputs.graph.input_tensors[0], inputs.graph.output_tensors[0]
    runner = fill(
        "network_runner.cpp",
        banner=banner,
        input_value=model_info.quantized_value("input", source, "block_value(window, i)"),
        output_value=model_info.real_value("output", target, "output[i]"),
    )
    return Runtime(
        title="generated C",
        files=(
            FirmwareFile("model_runner.cpp", runner),
            *(FirmwareFile(file.name, file.content.encode()) for file in network.files),
        ),
        arena="",
        begin_arguments="nullptr, 0",
        arena_words="; the network has an arena of its own, so give it none.",
        step=f"**No runtime to install**: the network is C, in the files that begin with `{PREFIX}`.",
        trouble=(
            "The network's memory was laid out when it was generated, and every byte of that plan was checked. "
            "`arena_used_bytes`\nis all the RAM it takes beside its stack."
        ),
        figure_rows=(("Steps of the network", str(len(network.steps)), f"generated, made for {network.option.value}"),),
        file_lines=(
            ("model_runner.h, model_runner.cpp", "the model behind four functions"),
            (f"{PREFIX}.h, {PREFIX}.c", "the network: its steps and where its tensors lie"),
            (f"{PREFIX}_weights.c and others of that name", "its constants, and the kernels it uses"),
        ),
    )
