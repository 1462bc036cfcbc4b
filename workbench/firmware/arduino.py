"""The Arduino folder: a sketch that the Arduino IDE opens and builds."""

from __future__ import annotations

import hashlib
import math

from workbench.codegen.c_text import c_comment
from workbench.errors import BadProject, NotPossible, NotSupported
from workbench.features.blocks import BLOCKS
from workbench.features.parameters import FeatureParameters
from workbench.firmware import model_info
from workbench.firmware.cameras import board_camera
from workbench.firmware.deployable import check_deployable
from workbench.firmware.guide import guide
from workbench.firmware.inputs import FirmwareFile, FirmwareInputs
from workbench.firmware.runtimes.plain_c import plain_c
from workbench.firmware.runtimes.runtime import Runtime
from workbench.firmware.runtimes.tflm import tflm
from workbench.firmware.sensors import SensorCode, sensor_code
from workbench.firmware.templates import fill
from workbench.firmware.text import dimensions, file_name
from workbench.quantities import exact_bytes
from workbench.resources import resource

_AXES_NOTE = " * The axes are the sensor's own: hold the board as the recordings were made, or swap axes below.\n"


def build(inputs: FirmwareInputs) -> list[FirmwareFile]:
    """The files of the folder ``folder_name(inputs.name)``, in the order a person would open them.

    The same inputs give the same bytes. Raises NotSupported for a board that runs no sketch and for a model that
    the runtime does not run, NotPossible for one larger than the board's flash, BadProject for feature
    parameters that contradict themselves.
    """
    _check(inputs)
    banner = _banner(inputs)
    runtime = (
        plain_c(inputs, inputs.network, banner) if inputs.network else tflm(inputs, banner, digest=_digest(inputs))
    )
    sensors = _board_sensors(inputs)
    return [
        *_sketch(inputs, runtime, banner, sensors),
        FirmwareFile("README.md", guide(inputs, runtime, sensors)),
        FirmwareFile("model_info.h", model_info.header(inputs, banner).encode()),
        FirmwareFile("model_info.c", model_info.source(inputs, banner).encode()),
        FirmwareFile("model_runner.h", fill("model_runner.h", banner=banner, arena_words=runtime.arena_words)),
        *runtime.files,
        FirmwareFile("block.h", fill(f"blocks/{_block(inputs)}.h", banner=banner)),
        *(FirmwareFile(name, resource("c", "features", name).read_bytes()) for name in _feature_files(inputs)),
        FirmwareFile("model.tflite", inputs.model),
        FirmwareFile("LICENSE", resource("c", "features", "LICENSE").read_bytes()),
    ]


def folder_name(name: str) -> str:
    """The sketch's name, and so its folder's and its main file's."""
    return file_name(name)


def _check(inputs: FirmwareInputs) -> None:
    board, parameters = inputs.board, inputs.parameters
    if not board.programmable:
        raise NotSupported(f"{board.name} runs no sketch. {board.why_not}", to_do="Choose another board.")
    if len(inputs.model) > board.flash_bytes:
        raise NotPossible(
            f"The model alone takes {exact_bytes(len(inputs.model))}, and {board.name} has "
            f"{exact_bytes(board.flash_bytes)} of flash.",
            to_do="Make a smaller variant, or choose another board.",
        )
    check_deployable(inputs.graph)
    source, target = inputs.graph.input_tensors[0], inputs.graph.output_tensors[0]
    if inputs.labels and len(inputs.labels) != target.elements:
        raise NotSupported(
            f"The model has {target.elements} outputs, and there are {len(inputs.labels)} labels.",
            to_do="Train again, so that they belong together.",
        )
    if parameters is not None:
        _check_parameters(parameters, len(inputs.units))
        values = math.prod(parameters.output_shape)
        if values != source.elements:
            raise NotSupported(
                f"The model takes {source.elements} values, and the features are {values}.",
                to_do="Train again, so that they belong together.",
            )


def _check_parameters(parameters: FeatureParameters, units: int) -> None:
    """BadProject when the parameters, which come from a project's database, contradict themselves."""
    shape, rate = parameters.input_shape, parameters.rate_hz
    sizes = (*shape, *parameters.output_shape)
    pairs = len(parameters.mean)
    series = len(shape) == 2 and rate is not None and math.isfinite(rate) and rate > 0
    consistent = (
        (series or len(shape) == 3)
        and min(sizes, default=0) > 0
        and pairs > 0
        and pairs == len(parameters.std)
        and math.prod(parameters.output_shape) % pairs == 0
        and len(parameters.channels) == units == shape[-1]
        and parameters.stride_rows >= 0
        and all(map(math.isfinite, (*parameters.mean, *parameters.std)))
        and 0.0 not in parameters.std
    )
    if not consistent:
        raise BadProject("The run's feature parameters contradict themselves.", to_do="Train again.")


def _banner(inputs: FirmwareInputs) -> str:
    words = f"{inputs.made_by}; model {_digest(inputs)[:16]}. SPDX-License-Identifier: 0BSD"
    return c_comment(words.lstrip("; "))


def _digest(inputs: FirmwareInputs) -> str:
    return hashlib.sha256(inputs.model).hexdigest()


def _block(inputs: FirmwareInputs) -> str:
    if inputs.parameters is None:
        return "values"
    return "picture" if inputs.parameters.picture else inputs.parameters.block


def _feature_files(inputs: FirmwareInputs) -> list[str]:
    """The C twin of the block, and what it and the quantization include."""
    block = () if inputs.parameters is None else BLOCKS[inputs.parameters.block].c_files
    shared = ("exact_float.h",) if {"statistics.c", "spectrum.c"} & set(block) else ()
    return sorted([*block, *shared, "normalize.c", "normalize.h"])


def _board_sensors(inputs: FirmwareInputs) -> SensorCode | None:
    if inputs.parameters is None or inputs.parameters.picture:
        return None
    return sensor_code(inputs.board, inputs.parameters.channels, inputs.units)


def _sketch(inputs: FirmwareInputs, runtime: Runtime, banner: str, sensors: SensorCode | None) -> list[FirmwareFile]:
    """The sketch and what reads its input: the person's own files."""
    sketch = f"{folder_name(inputs.name)}.ino"
    common = {
        "banner": banner,
        "print_outputs": _print_outputs(inputs),
        "arena": runtime.arena,
        "begin_arguments": runtime.begin_arguments,
    }
    values = str(inputs.graph.input_tensors[0].elements)
    if inputs.parameters is None:
        shape = dimensions(inputs.graph.input_tensors[0].shape)
        return [
            FirmwareFile(sketch, fill("sketch_values.ino", **common), editable=True),
            FirmwareFile(
                "values.cpp", fill("values.cpp", banner=banner, input_shape=shape, input_values=values), editable=True
            ),
            FirmwareFile("values.h", fill("values.h", banner=banner)),
        ]
    if inputs.parameters.picture:
        height, width, colours = inputs.parameters.input_shape
        picture = f"{width} × {height} pixels with {colours} {'value' if colours == 1 else 'values'} each"
        return [
            FirmwareFile(sketch, fill("sketch_picture.ino", **common, picture_text=picture), editable=True),
            FirmwareFile("camera.cpp", _camera_source(inputs, banner, picture, values), editable=True),
            FirmwareFile("camera.h", fill("camera.h", banner=banner)),
        ]
    rate = inputs.parameters.rate_hz or 1.0
    rows, stride = inputs.parameters.window_rows, max(inputs.parameters.stride_rows, 1)
    texts = {
        "rate_text": model_info.rate_text(rate),
        "window_text": f"{rows} rows ({rows / rate:.6g} s)",
        "stride_text": "after each row" if stride == 1 else f"every {stride} rows ({stride / rate:.6g} s)",
    }
    return [
        FirmwareFile(sketch, fill("sketch_series.ino", **common, **texts), editable=True),
        FirmwareFile("sensors.cpp", _sensors_source(inputs, inputs.parameters, banner, sensors), editable=True),
        FirmwareFile("sensors.h", fill("sensors.h", banner=banner)),
    ]


def _camera_source(inputs: FirmwareInputs, banner: str, picture: str, values: str) -> bytes:
    known = board_camera(inputs)
    if known is None:
        return fill("camera.cpp", banner=banner, picture_text=picture, input_values=values)
    return fill("camera_esp32.cpp", banner=banner, picture_text=picture, **known)


def _sensors_source(
    inputs: FirmwareInputs, parameters: FeatureParameters, banner: str, sensors: SensorCode | None
) -> bytes:
    channels = [
        f"{c_comment(name)} [{c_comment(unit) or 'unit unknown'}]"
        for name, unit in zip(parameters.channels, inputs.units, strict=True)
    ]
    lines = "\n".join(f" *   {channel}" for channel in channels)
    if sensors is not None:
        return fill(
            "sensors_known.cpp",
            banner=banner,
            channel_lines=lines,
            parts=" and ".join(sensors.parts),
            axes_note=_AXES_NOTE if sensors.has_axes else "",
            notes=_rate_note(parameters.rate_hz, sensors.slowest_rate_hz),
            **sensors.fields,
        )
    return fill(
        "sensors_open.cpp",
        banner=banner,
        reason=f"{c_comment(inputs.board.name)} has no sensor that we know how to read for all of these channels.",
        rate_text=model_info.rate_text(parameters.rate_hz or 1.0),
        channel_lines=lines,
        channel_assignments="\n".join(
            f"     *     row[{place}] = ...; {channel}" for place, channel in enumerate(channels)
        ),
    )


def _rate_note(rate: float | None, slowest: float | None) -> str:
    if slowest is None or rate is None or slowest >= rate:
        return ""
    return (
        f" *\n * Beware: the sensor's library delivers {slowest:.6g} values a second, the model was trained on "
        f"{rate:.6g}.\n * Values repeat between; train on recordings of this board.\n"
    )


def _print_outputs(inputs: FirmwareInputs) -> str:
    if inputs.task == "regression":
        return (
            '    Serial.print("prediction ");\n'
            "    Serial.print(outputs[0], 3);\n"
            "    Serial.print(' ');\n"
            "    Serial.println(MODEL_UNIT);"
        )
    names = "Serial.print(MODEL_LABELS[i]);" if inputs.labels else "Serial.print((unsigned long)i);"
    every = (
        "    for (size_t i = 0; i < MODEL_OUTPUT_VALUES; ++i) {\n"
        '        Serial.print("  ");\n'
        f"        {names}\n"
        "        Serial.print(' ');\n"
        "        Serial.println(outputs[i], 3);\n"
        "    }"
    )
    if not inputs.labels:
        return f'    Serial.println("outputs");\n{every}'
    return (
        "    size_t best = 0;\n"
        "    for (size_t i = 1; i < MODEL_OUTPUT_VALUES; ++i) {\n"
        "        best = outputs[i] > outputs[best] ? i : best;\n"
        "    }\n"
        '    Serial.print("prediction ");\n'
        "    Serial.println(MODEL_LABELS[best]);\n"
        f"{every}"
    )
