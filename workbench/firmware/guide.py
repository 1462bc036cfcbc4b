"""README.md of the folder: what to install, what to fill in, what to expect."""

from __future__ import annotations

from collections.abc import Iterator

from workbench import quantities
from workbench.firmware.cameras import board_camera
from workbench.firmware.inputs import FirmwareInputs
from workbench.firmware.model_info import rate_text
from workbench.firmware.runtimes.runtime import Runtime
from workbench.firmware.sensors import SensorCode
from workbench.firmware.templates import fill
from workbench.firmware.text import dimensions, file_name, markdown


def guide(inputs: FirmwareInputs, runtime: Runtime, sensors: SensorCode | None) -> bytes:
    """The guide in Markdown. Names that a person typed are escaped."""
    return fill(
        "guide.md",
        title=markdown(inputs.name) or "Model",
        board=markdown(inputs.board.name),
        sketch=file_name(inputs.name),
        board_step=_board_step(inputs),
        runtime=runtime.title,
        runtime_step=runtime.step,
        trouble=runtime.trouble,
        sensor_step=_sensor_step(inputs, sensors),
        window_word="picture" if _is_picture(inputs) else "set of values" if inputs.parameters is None else "window",
        prints=_prints(inputs),
        figures=_figures(inputs, runtime),
        input_lines="\n".join(f"- {line}" for line in _input_lines(inputs)),
        file_lines="\n".join(f"| `{name}` | {what} |" for name, what in _file_lines(inputs, runtime)),
    )


def _is_picture(inputs: FirmwareInputs) -> bool:
    return inputs.parameters is not None and inputs.parameters.picture


def _board_step(inputs: FirmwareInputs) -> str:
    board = inputs.board.toolchain.get("arduino", "")
    if not board:
        return "We know no Arduino core for it: install its maker's, if there is one, under Tools > Board."
    return f"Under Tools > Board, or on the command line with `arduino-cli compile --fqbn {board}`."


def _sensor_step(inputs: FirmwareInputs, sensors: SensorCode | None) -> str:
    if inputs.parameters is None:
        return "**Fill in `read_values()` in `values.cpp`**: a model file does not say what its input means."
    if board_camera(inputs) is not None:
        return "**Point the camera**: `camera.cpp` reads the board's own through the driver of its Arduino core."
    if inputs.parameters.picture:
        return "**Fill in `read_picture()` in `camera.cpp`**: camera drivers and pins differ from board to board."
    if sensors is None:
        return (
            "**Fill in `read_sensors()` in `sensors.cpp`**: it gets one value for each channel below, in this order "
            "and these units."
        )
    libraries = " and ".join(sensors.libraries)
    words = f"**Install {libraries}** the same way: `sensors.cpp` reads the board's own {' and '.join(sensors.parts)}."
    return f"{words} Hold the board as the recordings were made." if sensors.has_axes else words


def _prints(inputs: FirmwareInputs) -> str:
    if inputs.task == "regression":
        return "`prediction`, the value and its unit, and the time it took"
    if inputs.labels:
        return "`prediction` and the label, the score of every label (0 to 1), and the time it took"
    return "the model's outputs and the time they took"


def _figures(inputs: FirmwareInputs, runtime: Runtime) -> str:
    rows = [f"| Smallest arena | {quantities.exact_bytes(inputs.arena_bytes)} | {markdown(inputs.arena_source)} |"]
    for named in inputs.figures:
        figure = named.figure
        if figure.value is None:
            continue
        words = [str(figure.source or "")]
        words.append(quantities.band(figure))
        if figure.limit is not None:
            words.append(f"the board has {quantities.quantity(figure.limit, figure.unit)}")
        if figure.note:
            words.append(markdown(figure.note))
        rows.append(f"| {markdown(named.name)} | {quantities.figure(figure)} | {'; '.join(filter(None, words))} |")
    rows += [f"| {' | '.join(row)} |" for row in runtime.figure_rows]
    return "| what | value | how it is known |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _input_lines(inputs: FirmwareInputs) -> Iterator[str]:
    tensor = inputs.graph.input_tensors[0]
    parameters = inputs.parameters
    if parameters is not None and parameters.picture:
        height, width, colours = parameters.input_shape
        values = "one value" if colours == 1 else f"{colours} values"
        yield f"A picture of {width} × {height} pixels, {values} 0 to 255 each."
    elif parameters is not None:
        rate = parameters.rate_hz or 1.0
        stride = max(parameters.stride_rows, 1)
        yield (
            f"Windows of {parameters.window_rows} rows ({parameters.window_rows / rate:.6g} s), a new one every "
            f"{stride} rows ({stride / rate:.6g} s); a row is read {rate_text(rate)}."
        )
        for place, (name, unit) in enumerate(zip(parameters.channels, inputs.units, strict=True)):
            yield f"Channel {place}: {markdown(name)}, {markdown(unit) or 'unit unknown'}."
        yield f"Features: {parameters.block}, shape {dimensions(parameters.output_shape)}, normalised."
    yield f"The model's input: {tensor.dtype}, shape {dimensions(tensor.shape)}."
    if inputs.labels:
        yield "Labels: " + ", ".join(map(markdown, inputs.labels)) + "."
    if inputs.task == "regression":
        unit = f", in {markdown(inputs.target_unit)}" if inputs.target_unit else ""
        yield f"Predicted: {markdown(inputs.target_name) or 'a number'}{unit}."


def _file_lines(inputs: FirmwareInputs, runtime: Runtime) -> Iterator[tuple[str, str]]:
    reader = "values" if inputs.parameters is None else "camera" if inputs.parameters.picture else "sensors"
    yield f"{file_name(inputs.name)}.ino", "*yours*: when to read, when to run, what to do with a prediction"
    yield f"{reader}.cpp", "*yours*: reads the model's input"
    yield "model_info.h, model_info.c", "shapes, rates, units, quantization, labels, feature parameters, arena size"
    yield from runtime.file_lines
    if inputs.parameters is not None:
        yield "block.h, " + f"{inputs.parameters.block}.h, {inputs.parameters.block}.c", "the features in C"
    yield "normalize.h, normalize.c", "normalisation and quantization"
    yield "model.tflite", "the model itself"
