"""An exported folder is compiled as the Arduino build does it, and run: it feeds the model what Python would.

The headers in ``stubs`` stand in for the Arduino core, the sensor libraries and TensorFlow Lite Micro. The stub
interpreter keeps the input of every inference, so that the whole way from sensor to quantized input is compared, byte
for byte.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from workbench import jobs
from workbench.boards import Board, find_board
from workbench.features import compute as features
from workbench.features.parameters import FeatureParameters, from_json
from workbench.features.settings import FeatureSettings
from workbench.firmware.arduino import build, folder_name
from workbench.firmware.inputs import FirmwareInputs
from workbench.graph.model import Graph, Tensor
from workbench.graph.read import read_graph
from workbench.operations.export import export, export_model
from workbench.operations.projects import copy_sample
from workbench.project.model import Run
from workbench.project.store import Project
from workbench.training.settings import TrainingSettings

STUBS = Path(__file__).parent / "stubs"
# What the Arduino build switches on with warnings set to "All", and the house's rule on C.
CPP = ("-Wall", "-Wextra", "-Werror", "-O1")
C = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wdouble-promotion", "-Werror", "-O1")
STANDARDS = ("gnu++11", "gnu++17")  # the oldest and the newest among Arduino cores
DEGREES = np.float32(0.0174532925)  # radians


@dataclass(frozen=True)
class Exported:
    """A trained sample project and the folder it was exported to."""

    project: Path
    folder: Path
    run: Run
    rows: np.ndarray  # a recording, float32 (rows, 6), in the project's units

    @property
    def parameters(self) -> FeatureParameters:
        return from_json(self.run.features)

    @property
    def graph(self) -> Graph:
        return read_graph((self.folder / "model.tflite").read_bytes())


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Exported:
    """The shoulder exercises, trained for one epoch: the way to the board is the same after one as after many."""
    place = tmp_path_factory.mktemp("export")
    folder = copy_sample(samples / "shoulder_exercises", place / "shoulder")
    with Project.open(folder) as project, project.step("One epoch"):
        project.save_settings(TrainingSettings(epochs=1))
    result = jobs.run("workbench.operations.fit:fit", folder, "nano33ble_sense", place / "out").value
    with Project.open(folder) as project:
        run = project.latest_run()
        assert run is not None
        rows = project.samples(project.recordings()[0], 0, 700)
    return Exported(folder, Path(result["folder"]), run, rows)


@functools.cache
def program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is needed to compile what is exported"
    return found


def compile_one(compiler: str, *arguments: str | Path) -> None:
    done = subprocess.run(
        [program(compiler), *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def check_syntax(folder: Path) -> None:
    """Every file of the folder, as C or C++ and without one warning."""
    for source in folder.glob("*.c"):
        compile_one("gcc", *C, "-fsyntax-only", source)
    for standard in STANDARDS:
        cpp = (*CPP, f"-std={standard}", "-fsyntax-only", "-I", STUBS)
        for source in folder.glob("*.cpp"):
            compile_one("g++", *cpp, source)
        for sketch in folder.glob("*.ino"):
            compile_one("g++", *cpp, "-I", folder, "-include", "Arduino.h", "-x", "c++", sketch)


def build_host(folder: Path, place: Path, row_us: float = 20_000.0, late_us: int = 1) -> Path:
    """The folder as a program for this computer: the sketch's rows come every ``row_us``, ``late_us`` after time."""
    place.mkdir(exist_ok=True)
    objects = []
    for source in folder.glob("*.c"):
        objects.append(place / f"{source.stem}.c.o")
        compile_one("gcc", *C, "-c", source, "-o", objects[-1])
    timing = (f"-DSTUB_ROW_US={row_us}", f"-DSTUB_LATE_US={late_us}U")
    for source in (*folder.glob("*.cpp"), *folder.glob("*.ino"), STUBS / "host_main.cpp"):
        objects.append(place / f"{source.name}.o")
        cpp = (*CPP, "-std=gnu++14", "-I", STUBS, "-I", folder, "-include", "Arduino.h", *timing)
        compile_one("g++", *cpp, "-x", "c++", "-c", source, "-o", objects[-1])
    host = place / "host"
    compile_one("g++", *objects, "-o", host, "-lm")
    return host


def run_host(host: Path, rows: np.ndarray, tmp_path: Path, **environment: str) -> tuple[str, bytes, int]:
    """What the sketch printed, the inputs the model was invoked with, and the exit status."""
    given, taken = tmp_path / "rows.bin", tmp_path / "inputs.bin"
    given.write_bytes(np.ascontiguousarray(rows, np.float32).tobytes())
    done = subprocess.run([host, given, taken], capture_output=True, timeout=300, check=False, env=environment or None)
    return done.stdout.decode("utf-8"), taken.read_bytes(), done.returncode


def as_sensor_and_as_channels(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows in the sensor library's units (g, degrees a second), and what the sketch makes of them (g, rad/s)."""
    sensor = rows.astype(np.float32).copy()
    sensor[:, 3:] /= DEGREES
    channels = sensor.copy()
    channels[:, 3:] = sensor[:, 3:] * DEGREES
    return sensor, channels


def expected_inputs(parameters: FeatureParameters, tensor: Tensor, rows: np.ndarray) -> bytes:
    """The model's inputs for every window of the rows, by the program's own features and quantization."""
    size, stride = parameters.window_rows, parameters.stride_rows
    windows = np.stack([rows[start : start + size] for start in range(0, len(rows) - size + 1, stride)])
    values = features.apply(parameters, windows)
    if tensor.dtype == "float32":
        return values.tobytes()
    assert tensor.quantization is not None
    steps = np.rint(values / np.float32(tensor.quantization.scales[0])) + tensor.quantization.zero_points[0]
    return np.clip(steps, -128, 127).astype(np.int8).tobytes()


def write(made: FirmwareInputs, place: Path) -> Path:
    folder = place / folder_name(made.name)
    folder.mkdir(parents=True)
    for file in build(made):
        (folder / file.path).write_bytes(file.content)
    return folder


def variation(exported: Exported, board: Board, **changes: object) -> FirmwareInputs:
    """The exported project's inputs with something else in one place; the input tensor follows the features."""
    with Project.open(exported.project) as project:
        recording = project.recordings()[0]
    made = FirmwareInputs(
        name="Variation",
        model=(exported.folder / "model.tflite").read_bytes(),
        graph=exported.graph,
        board=board,
        arena_bytes=8_000,
        arena_source="The test's.",
        task="classification",
        parameters=exported.parameters,
        units=tuple(channel.unit for channel in recording.channels),
        labels=exported.run.classes,
    )
    made = dataclasses.replace(made, **changes)  # type: ignore[arg-type]  # any field
    if made.parameters is None:
        return made
    main = made.graph.main
    shape = (1, *made.parameters.output_shape)
    tensors = tuple(
        dataclasses.replace(tensor, shape=shape) if tensor.index in main.inputs else tensor for tensor in main.tensors
    )
    return dataclasses.replace(made, graph=Graph((dataclasses.replace(main, tensors=tensors),)))


@pytest.fixture
def nano() -> Board:
    return find_board("nano33ble_sense")


def test_the_folder_compiles_without_a_warning(exported: Exported) -> None:
    assert exported.folder.name == next(exported.folder.glob("*.ino")).stem
    check_syntax(exported.folder)


def test_the_sketch_feeds_the_model_what_python_would(exported: Exported, tmp_path: Path) -> None:
    sensor, channels = as_sensor_and_as_channels(exported.rows)
    printed, taken, status = run_host(build_host(exported.folder, tmp_path / "build"), sensor, tmp_path)
    assert status == 0, printed
    expected = expected_inputs(exported.parameters, exported.graph.input_tensors[0], channels)
    assert len(expected) > 3 * exported.graph.input_tensors[0].elements  # several windows, overlapping
    assert taken == expected

    names = exported.graph.operator_names
    assert f"operators {len(names)} of {len(names)}:" in printed
    assert re.search(r"^arena_used_bytes \d+$", printed, re.MULTILINE)
    last = exported.run.classes[-1]  # the stub's largest score
    assert printed.count(f"prediction {last}\n") == len(taken) // exported.graph.input_tensors[0].elements
    assert "took_us 1234" in printed
    assert "lost_rows" not in printed
    score = exported.graph.output_tensors[0].quantization
    assert score is not None
    top = (len(exported.run.classes) - 1 - score.zero_points[0]) * score.scales[0]
    assert f"  {last} {top:.3f}\n" in printed


def test_generated_c_answers_as_the_model_does(exported: Exported, tmp_path: Path) -> None:
    outcome = export(exported.project, tmp_path / "out", "nano33ble_sense", engine="c", job=jobs.QuietJob())
    folder = outcome.value.folder
    check_syntax(folder)
    assert "#include <tensorflow" not in "".join(path.read_text() for path in folder.glob("*.[chi]*"))
    sensor, channels = as_sensor_and_as_channels(exported.rows)
    printed, _, status = run_host(build_host(folder, tmp_path / "build"), sensor, tmp_path)
    assert status == 0, printed

    source, target = exported.graph.input_tensors[0], exported.graph.output_tensors[0]
    inputs = np.frombuffer(expected_inputs(exported.parameters, source, channels), np.int8).reshape(-1, *source.shape)
    runtime = pytest.importorskip("tflite_micro", reason="there is no wheel of tflite-micro outside Linux").runtime
    device = runtime.Interpreter.from_bytes((folder / "model.tflite").read_bytes())
    wanted = []
    for window in inputs:
        device.set_input(window, 0)
        device.invoke()
        wanted.append(device.get_output(0).reshape(-1).copy())
    assert target.quantization is not None
    scores = (np.array(wanted, np.float32) - target.quantization.zero_points[0]) * np.float32(
        target.quantization.scales[0]
    )
    labels = "|".join(map(re.escape, exported.run.classes))
    said = re.findall(rf"^  (?:{labels}) (\d\.\d{{3}})$", printed, re.MULTILINE)
    assert len(said) == scores.size
    np.testing.assert_allclose(np.array(said, float).reshape(scores.shape), scores, atol=0.0006)  # three digits


def test_the_array_is_the_model(exported: Exported, tmp_path: Path) -> None:
    dump = tmp_path / "dump.cpp"
    dump.write_text(
        '#include "model_data.h"\n#include <cstdint>\n#include <cstdio>\n'
        "int main() {\n"
        "    if (reinterpret_cast<uintptr_t>(model_data) % 16U != 0U) { return 1; }\n"
        "    return std::fwrite(model_data, 1, model_data_bytes, stdout) == model_data_bytes ? 0 : 2;\n}\n"
    )
    host = tmp_path / "dump"
    compile_one("g++", *CPP, "-I", exported.folder, dump, exported.folder / "model_data.cpp", "-o", host)
    done = subprocess.run([host], capture_output=True, timeout=300, check=True)
    assert done.stdout == (exported.folder / "model.tflite").read_bytes()


def test_an_arena_that_is_too_small_says_what_to_do(exported: Exported, tmp_path: Path) -> None:
    host = build_host(exported.folder, tmp_path / "build")
    printed, taken, status = run_host(host, exported.rows[:1], tmp_path, STUB_ARENA_TOO_SMALL="1")
    assert status == 3
    assert "Raise ARENA_SPARE" in printed
    assert taken == b""


@pytest.mark.parametrize("block", ["statistics", "spectrum"])
def test_every_block_feeds_the_model_what_python_would(
    exported: Exported, nano: Board, tmp_path: Path, block: str
) -> None:
    size, stride = 100, 130  # a stride longer than the window: rows between are left out
    sensor, channels = as_sensor_and_as_channels(exported.rows)
    windows = np.stack([channels[start : start + size] for start in range(0, 500, 50)])
    chosen = FeatureSettings(block=block, spectrum_bins=12)
    fitted = features.fit(windows, chosen, rate_hz=50.0, channels=exported.parameters.channels, stride_rows=stride)
    made = variation(exported, nano, parameters=fitted)
    folder = write(made, tmp_path)
    check_syntax(folder)
    printed, taken, status = run_host(build_host(folder, tmp_path / "build"), sensor, tmp_path)
    assert status == 0, printed
    expected = expected_inputs(fitted, made.graph.input_tensors[0], channels)
    assert len(expected) == 5 * made.graph.input_tensors[0].elements
    assert taken == expected


def test_a_float_model_gets_the_features_as_they_are(exported: Exported, nano: Board, tmp_path: Path) -> None:
    main = exported.graph.main
    tensors = tuple(dataclasses.replace(tensor, dtype="float32", quantization=None) for tensor in main.tensors)
    made = variation(exported, nano, graph=Graph((dataclasses.replace(main, tensors=tensors),)))
    folder = write(made, tmp_path)
    check_syntax(folder)
    sensor, channels = as_sensor_and_as_channels(exported.rows)
    _, taken, _ = run_host(build_host(folder, tmp_path / "build"), sensor, tmp_path)
    assert taken == expected_inputs(exported.parameters, made.graph.input_tensors[0], channels)


def test_a_slow_sensor_keeps_its_hours(exported: Exported, nano: Board, tmp_path: Path) -> None:
    hourly = dataclasses.replace(exported.parameters, rate_hz=1 / 3600)
    folder = write(variation(exported, nano, parameters=hourly), tmp_path)
    sensor, channels = as_sensor_and_as_channels(exported.rows)
    host = build_host(folder, tmp_path / "build", row_us=3.6e9, late_us=1000)
    _, taken, _ = run_host(host, sensor, tmp_path)
    assert taken == expected_inputs(hourly, exported.graph.input_tensors[0], channels)


def test_an_uneven_rate_does_not_drift(exported: Exported, nano: Board, tmp_path: Path) -> None:
    uneven = dataclasses.replace(exported.parameters, rate_hz=119.0)
    folder = write(variation(exported, nano, parameters=uneven), tmp_path)
    rows = np.tile(exported.rows, (20, 1))  # 14,000 rows: a third of a tick each would add up to 5 ms
    sensor, channels = as_sensor_and_as_channels(rows)
    host = build_host(folder, tmp_path / "build", row_us=1e6 / 119.0, late_us=2)
    printed, taken, _ = run_host(host, sensor, tmp_path)
    assert taken == expected_inputs(uneven, exported.graph.input_tensors[0], channels)
    assert "lost_rows" not in printed


def test_rows_that_came_too_late_are_counted(exported: Exported, tmp_path: Path) -> None:
    sensor, _ = as_sensor_and_as_channels(exported.rows)
    host = build_host(exported.folder, tmp_path / "build", row_us=40_000.0)
    printed, _, _ = run_host(host, sensor, tmp_path)
    lost = [int(number) for number in re.findall(r"lost_rows (\d+)", printed)]
    assert lost
    assert lost[0] == exported.parameters.window_rows - 1  # every second row of the first window


def test_regression_is_printed_in_its_unit(exported: Exported, nano: Board, tmp_path: Path) -> None:
    made = variation(exported, nano, task="regression", labels=(), target_unit="°C", target_name="temperature */")
    folder = write(made, tmp_path)
    check_syntax(folder)
    printed, _, _ = run_host(build_host(folder, tmp_path / "build"), exported.rows[:200], tmp_path)
    assert re.search(r"^prediction \d\.\d{3} °C$", printed, re.MULTILINE)


def test_what_is_left_to_the_person_compiles_and_says_so(exported: Exported, nano: Board, tmp_path: Path) -> None:
    bare = dataclasses.replace(nano, sensors=())
    hostile = ("a*/b", "//", "??/", 'q"\\', "\u202e", "$x")
    parameters = dataclasses.replace(exported.parameters, channels=hostile)
    folder = write(variation(exported, bare, parameters=parameters, units=hostile), tmp_path)
    check_syntax(folder)
    printed, taken, _ = run_host(build_host(folder, tmp_path / "build"), exported.rows[:3], tmp_path)
    assert "fill in read_sensors() in sensors.cpp" in printed
    assert taken == b""


def test_pictures_compile_and_ask_for_a_camera(exported: Exported, nano: Board, tmp_path: Path) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (6, 28, 20, 1)).astype(np.float32)
    fitted = features.fit(pictures, FeatureSettings(), rate_hz=None, channels=("grey",), stride_rows=0)
    folder = write(variation(exported, nano, parameters=fitted, units=("",)), tmp_path)
    check_syntax(folder)
    printed, _, _ = run_host(build_host(folder, tmp_path / "build"), exported.rows[:1], tmp_path)
    assert "fill in read_picture() in camera.cpp" in printed


def test_a_bare_model_becomes_a_sketch(exported: Exported, tmp_path: Path) -> None:
    result = export_model(exported.folder / "model.tflite", tmp_path, "nano33ble_sense", job=jobs.QuietJob()).value
    assert result.folder == tmp_path / "model"
    check_syntax(result.folder)
    printed, _, _ = run_host(build_host(result.folder, tmp_path / "build"), exported.rows[:1], tmp_path)
    assert "fill in read_values() in values.cpp" in printed


@pytest.mark.parametrize("part", ["BMI270", "LIS2DH12", "LSM303AGR", "HTS221", "HS3003", "LPS22HB"])
def test_the_code_for_every_sensor_compiles(exported: Exported, nano: Board, tmp_path: Path, part: str) -> None:
    reads = {"HTS221": ("temperature", "humidity"), "HS3003": ("temperature", "humidity"), "LPS22HB": ("pressure",)}
    names = reads.get(part, ("acc_x", "acc_y", "acc_z"))
    channels = (names * 6)[:6]
    board = dataclasses.replace(nano, sensors=(dataclasses.replace(nano.sensors[0], name=part),))
    parameters = dataclasses.replace(exported.parameters, channels=channels)
    folder = write(variation(exported, board, parameters=parameters, units=("",) * 6), tmp_path)
    assert "read_sensors() in" not in (folder / "sensors.cpp").read_text()
    check_syntax(folder)


def test_exporting_again_keeps_what_a_person_changed(exported: Exported, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = export(exported.project, out, "nano33ble_sense", job=jobs.QuietJob())
    assert first.messages == ()
    sketch = first.value.folder / f"{first.value.folder.name}.ino"
    sketch.write_text("// mine\n")
    second = export(exported.project, out, "nano33ble_sense", job=jobs.QuietJob())
    assert sketch.read_text() == "// mine\n"
    assert second.messages == (f"Your changes in {sketch.name} were kept.",)


def averaged_ramp(frame: tuple[int, int], shape: tuple[int, int, int], five_bits: bool) -> np.ndarray:
    """The stub camera's ramp, its middle averaged down to the picture: a second opinion on camera_esp32.cpp."""
    frame_width, frame_height = frame
    height, width, colours = shape
    bright = np.tile(np.arange(frame_width), (frame_height, 1))
    planes = [bright] * colours
    if five_bits:
        red, green = (bright >> 3) * 255 // 31, (bright >> 2) * 255 // 63
        planes = [red, green, red]
    part_width, part_height = frame_width, frame_width * height // width
    if part_height > frame_height:
        part_width, part_height = frame_height * width // height, frame_height
    left, top = (frame_width - part_width) // 2, (frame_height - part_height) // 2
    rows = [top + row * part_height // height for row in range(height + 1)]
    columns = [left + column * part_width // width for column in range(width + 1)]
    picture = np.zeros(shape, np.uint8)
    for row in range(height):
        for column in range(width):
            for colour, plane in enumerate(planes):
                cell = plane[rows[row] : rows[row + 1], columns[column] : columns[column + 1]]
                picture[row, column, colour] = (cell.sum() + cell.size // 2) // cell.size
    return picture


@pytest.mark.parametrize(("shape", "frame"), [((28, 28, 1), (96, 96)), ((60, 120, 3), (160, 120))])
def test_the_boards_camera_gives_the_models_picture(
    exported: Exported, tmp_path: Path, shape: tuple[int, int, int], frame: tuple[int, int]
) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (6, *shape)).astype(np.float32)
    channels = ("grey",) if shape[2] == 1 else ("red", "green", "blue")
    fitted = features.fit(pictures, FeatureSettings(), rate_hz=None, channels=channels, stride_rows=0)
    made = variation(exported, find_board("esp32_cam"), parameters=fitted, units=("",) * shape[2])
    folder = write(made, tmp_path)
    check_syntax(folder)
    _, taken, status = run_host(build_host(folder, tmp_path / "build"), exported.rows[:1], tmp_path)
    assert status == 0
    picture = averaged_ramp(frame, shape, shape[2] == 3)
    values = features.apply(fitted, picture[np.newaxis].astype(np.float32))
    tensor = made.graph.input_tensors[0]
    assert tensor.quantization is not None
    steps = np.rint(values / np.float32(tensor.quantization.scales[0])) + tensor.quantization.zero_points[0]
    assert taken[: tensor.elements] == np.clip(steps, -128, 127).astype(np.int8).tobytes()
