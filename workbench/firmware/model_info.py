"""model_info.h and model_info.c: everything about the model that the sketch needs to know, as C constants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from workbench.codegen.c_text import c_array, c_comment, c_float, c_string
from workbench.errors import NotSupported
from workbench.features import spectrum
from workbench.features.parameters import FeatureParameters
from workbench.firmware.inputs import FirmwareInputs
from workbench.firmware.text import dimensions
from workbench.graph.model import Tensor

# Range of a quantized tensor's elements, and the member of TfLiteTensor's data that points to them.
RANGES = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}
FIELDS = {"int8": "int8", "uint8": "uint8", "int16": "i16", "float32": "f"}

_LONGEST_PERIOD_S = 1e6  # the millisecond counter's signed half lasts 2.1e6 s
_MICROSECONDS_UP_TO_S = 60.0  # the microsecond counter wraps around after 71 minutes


def header(inputs: FirmwareInputs, banner: str) -> str:
    """model_info.h, valid C99 and C++11."""
    lines = [
        f"/* {banner} */",
        "/* What the model is: shapes, rates, units, quantization, labels. Nothing here needs to be changed. */",
        "#ifndef MODEL_INFO_H",
        "#define MODEL_INFO_H",
        "",
        "#include <stddef.h>",
        "#include <stdint.h>",
        "",
        "#ifdef __cplusplus",
        'extern "C" {',
        "#endif",
        "",
        f"#define MODEL_NAME {c_string(inputs.name)}",
        "",
        "/* Bytes of the arena: the smallest that works.",
        f" * {c_comment(inputs.arena_source)} */",
        f"#define MODEL_ARENA_BYTES {inputs.arena_bytes}",
        "",
        *_tensor("input", inputs.graph.input_tensors[0]),
        "",
        *_tensor("output", inputs.graph.output_tensors[0]),
        "",
        *_samples(inputs),
        *_outputs(inputs),
    ]
    if inputs.parameters is not None:
        lines += _features(inputs.parameters)
    lines += ["", "#ifdef __cplusplus", "}", "#endif", "", "#endif"]
    return "\n".join(lines) + "\n"


def source(inputs: FirmwareInputs, banner: str) -> str:
    """model_info.c, the arrays that model_info.h declares."""
    blocks = [f"/* {banner} */", '#include "model_info.h"']
    if inputs.parameters is not None:
        if not inputs.parameters.picture:
            blocks.append(_strings("MODEL_CHANNEL_NAMES", "MODEL_CHANNELS", inputs.parameters.channels))
            blocks.append(_strings("MODEL_CHANNEL_UNITS", "MODEL_CHANNELS", inputs.units))
        blocks.append(_floats("MODEL_MEAN", "MODEL_PAIRS", inputs.parameters.mean))
        blocks.append(_floats("MODEL_STD", "MODEL_PAIRS", inputs.parameters.std))
        if inputs.parameters.block == "spectrum":
            blocks += _spectrum_arrays(inputs.parameters)
    if inputs.labels:
        blocks.append(_strings("MODEL_LABELS", "MODEL_OUTPUT_VALUES", inputs.labels))
    return "\n\n".join(blocks) + "\n"


def quantized_value(name: str, tensor: Tensor, value: str) -> str:
    """The C expression that turns a float into an element of a tensor."""
    if tensor.dtype == "float32":
        return value
    macros = ", ".join(f"MODEL_{name.upper()}_{word}" for word in ("SCALE", "ZERO_POINT", "LOW", "HIGH"))
    return f"(model_{name}_t)features_quantize({value}, {macros})"


def real_value(name: str, tensor: Tensor, value: str) -> str:
    """The C expression that turns an element of a tensor into a float."""
    if tensor.dtype == "float32":
        return value
    prefix = f"MODEL_{name.upper()}"
    return f"(float)({value} - {prefix}_ZERO_POINT) * {prefix}_SCALE"


def rate_text(rate_hz: float) -> str:
    """A sampling rate in words: how often a row is read."""
    return f"{rate_hz:.6g} times a second" if rate_hz >= 1 else f"once in {1 / rate_hz:,.6g} seconds"


def _tensor(name: str, tensor: Tensor) -> Iterator[str]:
    kind = "float" if tensor.dtype == "float32" else f"{tensor.dtype}_t"
    prefix = f"MODEL_{name.upper()}"
    yield f"/* The model's {name}: {tensor.dtype}, shape {dimensions(tensor.shape)}. */"
    yield f"#define {prefix}_VALUES {tensor.elements}"
    yield f"typedef {kind} model_{name}_t;"
    if tensor.dtype != "float32" and tensor.quantization is not None:
        low, high = RANGES[tensor.dtype]
        yield f"/* real = (quantized - {prefix}_ZERO_POINT) * {prefix}_SCALE */"
        yield f"#define {prefix}_SCALE {c_float(tensor.quantization.scales[0])}"
        yield f"#define {prefix}_ZERO_POINT ({tensor.quantization.zero_points[0]})"
        yield f"#define {prefix}_LOW ({low})"
        yield f"#define {prefix}_HIGH ({high})"


def _samples(inputs: FirmwareInputs) -> Iterator[str]:
    parameters = inputs.parameters
    if parameters is None:
        yield "/* The sketch gives the model's own input values; nothing is known of their meaning. */"
        yield "typedef float model_sample_t;"
        return
    if parameters.picture:
        height, width, colours = parameters.input_shape
        yield "/* A picture: values 0..255, row after row from the top, the colours of a pixel together. */"
        yield "typedef uint8_t model_sample_t;"
        yield f"#define MODEL_PICTURE_HEIGHT {height}"
        yield f"#define MODEL_PICTURE_WIDTH {width}"
        yield f"#define MODEL_CHANNELS {colours}"
        yield f"#define MODEL_SAMPLES {height * width * colours}"
        return
    rate = parameters.rate_hz or 1.0
    yield f"/* A window: rows of {len(parameters.channels)} channels, read {rate_text(rate)}. */"
    yield "typedef float model_sample_t;"
    yield f"#define MODEL_CHANNELS {parameters.input_shape[1]}"
    yield f"#define MODEL_WINDOW_ROWS {parameters.window_rows} /* {parameters.window_rows / rate:.6g} s */"
    yield f"#define MODEL_STRIDE_ROWS {max(parameters.stride_rows, 1)} /* {parameters.stride_rows / rate:.6g} s */"
    yield "#define MODEL_SAMPLES (MODEL_WINDOW_ROWS * MODEL_CHANNELS)"
    yield f"#define MODEL_RATE_HZ {c_float(rate)}"
    yield from _clock(rate)
    yield "extern const char *const MODEL_CHANNEL_NAMES[MODEL_CHANNELS];"
    yield "extern const char *const MODEL_CHANNEL_UNITS[MODEL_CHANNELS]; /* empty where unknown */"


def _clock(rate_hz: float) -> Iterator[str]:
    period_s = 1 / rate_hz
    if period_s > _LONGEST_PERIOD_S or rate_hz > 1e5:
        raise NotSupported(
            f"A row {rate_text(rate_hz)} is outside what the sketch's clock can keep.",
            to_do="Resample the recordings to between 100,000 rows a second and one row in 10 days.",
        )
    clock, ticks_per_s = ("micros", 1e6) if period_s <= _MICROSECONDS_UP_TO_S else ("millis", 1e3)
    ticks, millionths = divmod(round(period_s * ticks_per_s * 1e6), 1_000_000)
    yield "/* The sampling clock, and the time from row to row: whole ticks and millionths of one. */"
    yield f"#define MODEL_CLOCK() {clock}()"
    yield f"#define MODEL_ROW_TICKS {ticks}UL"
    yield f"#define MODEL_ROW_MILLIONTHS {millionths}UL"


def _outputs(inputs: FirmwareInputs) -> Iterator[str]:
    if inputs.labels:
        yield "/* The label of each output. */"
        yield "extern const char *const MODEL_LABELS[MODEL_OUTPUT_VALUES];"
    if inputs.task == "regression":
        yield f"/* The output is {c_comment(inputs.target_name) or 'the predicted value'}, in this unit. */"
        yield f"#define MODEL_UNIT {c_string(inputs.target_unit)}"


def _features(parameters: FeatureParameters) -> Iterator[str]:
    yield ""
    yield f"/* Features: {parameters.block}, shape {dimensions(parameters.output_shape)}. Input i of the model is"
    yield " * (feature[i] - MODEL_MEAN[i % MODEL_PAIRS]) / MODEL_STD[i % MODEL_PAIRS]. */"
    yield f"#define MODEL_PAIRS {len(parameters.mean)}"
    yield "extern const float MODEL_MEAN[MODEL_PAIRS];"
    yield "extern const float MODEL_STD[MODEL_PAIRS];"
    if parameters.block == "spectrum":
        constants = spectrum.tables(parameters.window_rows, parameters.settings)
        yield ""
        yield "/* The constants of the Fourier transform; see spectrum.h. */"
        yield f"#define MODEL_SPECTRUM_LENGTH {constants.n}"
        yield f"#define MODEL_SPECTRUM_BANDS {len(constants.edges) - 1}"
        yield f"#define MODEL_SPECTRUM_GAIN {c_float(float(constants.gain))}"
        yield "extern const float MODEL_SPECTRUM_HANN[MODEL_WINDOW_ROWS];"
        yield "extern const float MODEL_SPECTRUM_TWIDDLE_RE[MODEL_SPECTRUM_LENGTH / 2];"
        yield "extern const float MODEL_SPECTRUM_TWIDDLE_IM[MODEL_SPECTRUM_LENGTH / 2];"
        yield "extern const uint16_t MODEL_SPECTRUM_EDGES[MODEL_SPECTRUM_BANDS + 1];"


def _spectrum_arrays(parameters: FeatureParameters) -> Iterator[str]:
    constants = spectrum.tables(parameters.window_rows, parameters.settings)
    if constants.edges[-1] > np.iinfo(np.uint16).max:
        raise NotSupported(
            f"The spectrum of {parameters.window_rows:,} rows is too long for a microcontroller.",
            to_do="Choose a shorter window.",
        )
    half = "MODEL_SPECTRUM_LENGTH / 2"
    yield _floats("MODEL_SPECTRUM_HANN", "MODEL_WINDOW_ROWS", constants.hann)
    yield _floats("MODEL_SPECTRUM_TWIDDLE_RE", half, constants.twiddle_re)
    yield _floats("MODEL_SPECTRUM_TWIDDLE_IM", half, constants.twiddle_im)
    edges = c_array(str(edge) for edge in constants.edges)
    yield f"const uint16_t MODEL_SPECTRUM_EDGES[MODEL_SPECTRUM_BANDS + 1] = {{\n{edges}\n}};"


def _floats(name: str, size: str, values: Iterable[float]) -> str:
    return f"const float {name}[{size}] = {{\n{c_array(c_float(float(np.float32(value))) for value in values)}\n}};"


def _strings(name: str, size: str, values: Iterable[str]) -> str:
    items = "\n".join(f"    {c_string(value)}," for value in values)
    return f"const char *const {name}[{size}] = {{\n{items}\n}};"
