"""The files of an Arduino folder: complete, deterministic, safe against every name, refused where nothing would run."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.errors import NotSupported
from workbench.features.parameters import FeatureParameters
from workbench.firmware.arduino import build, folder_name
from workbench.firmware.inputs import FirmwareInputs
from workbench.firmware.runtimes.tflm import find_library
from workbench.graph.model import Graph
from workbench.memory.budget import SPARE_ARENA_BYTES
from workbench.resources import resource

Make = Callable[..., FirmwareInputs]
HOSTILE = (
    'x"; int main(){} //',
    "*/ #error out",
    "a\nb\\",
    "??/",
    "int",
    "1st",
    "<script>alert(1)</script>",
    "$banner",
    "漢字 \u202e",
)


def texts(made: FirmwareInputs) -> dict[str, str]:
    return {file.path: file.content.decode() for file in build(made) if file.path != "model.tflite"}


def test_the_folder_is_complete(inputs: Make) -> None:
    files = build(inputs())
    assert {file.path for file in files} == {
        "Shoulder_exercises.ino",
        "sensors.cpp",
        "sensors.h",
        "README.md",
        "model_info.h",
        "model_info.c",
        "model_runner.h",
        "model_runner.cpp",
        "block.h",
        "raw.c",
        "raw.h",
        "normalize.c",
        "normalize.h",
        "model_data.h",
        "model_data.cpp",
        "model.tflite",
        "LICENSE",
    }
    assert {file.path for file in files if file.editable} == {"Shoulder_exercises.ino", "sensors.cpp"}


def test_the_same_inputs_give_the_same_bytes(inputs: Make) -> None:
    assert build(inputs()) == build(inputs())


def test_the_model_is_there_as_file_and_as_array(inputs: Make) -> None:
    made = inputs()
    files = {file.path: file.content for file in build(made)}
    assert files["model.tflite"] == made.model
    array = files["model_data.cpp"].decode().split("{", 1)[1]
    assert bytes(int(word, 16) for word in re.findall(r"0x([0-9a-f]{2})", array)) == made.model
    assert f"model_data_bytes = {len(made.model)};" in files["model_data.h"].decode()


def test_the_resolver_has_room_for_exactly_the_models_operators(inputs: Make) -> None:
    runner = texts(inputs())["model_runner.cpp"]
    assert "MicroMutableOpResolver<4>" in runner
    assert re.findall(r"resolver\.(Add\w+)\(\)", runner) == [
        "AddConv2D",
        "AddReshape",
        "AddFullyConnected",
        "AddSoftmax",
    ]


@pytest.mark.parametrize("block", ["raw", "statistics", "spectrum"])
def test_every_block_comes_with_what_it_includes(
    inputs: Make, parameters: Callable[..., FeatureParameters], block: str
) -> None:
    files = texts(inputs(parameters=parameters(block)))
    here = set(files)
    for name, text in files.items():
        missing = {word for word in re.findall(r'#include "([^"]+)"', text) if word not in here}
        assert missing == set(), f"{name} includes what is not there"


def test_no_placeholder_is_left(inputs: Make, parameters: Callable[..., FeatureParameters]) -> None:
    for made in (
        inputs(),
        inputs(parameters=None, task="numbers", labels=()),
        inputs(parameters=parameters("spectrum")),
    ):
        for name, text in texts(made).items():
            assert not re.search(r"\$\{?[a-z_]+", text), name


def test_the_guide_says_what_to_expect_and_how_it_is_known(inputs: Make) -> None:
    guide = texts(inputs())["README.md"]
    assert "| Accuracy | 81.2\u2009% | evaluated; 120 windows |" in guide
    assert "| Smallest arena | 4,096\u2009B | Simulated. |" in guide
    assert "Install Arduino_LSM9DS1" in guide
    assert "--fqbn arduino:mbed_nano:nano33ble" in guide


def test_a_board_without_matching_sensors_leaves_reading_to_the_person(inputs: Make) -> None:
    made = inputs()
    files = texts(dataclasses.replace(made, board=dataclasses.replace(made.board, sensors=())))
    assert "return false;" in files["sensors.cpp"]
    assert "row[3] = ...; wx [rad/s]" in files["sensors.cpp"]
    assert "Fill in `read_sensors()`" in files["README.md"]


def test_a_sensor_slower_than_the_model_is_told(inputs: Make, parameters: Callable[..., FeatureParameters]) -> None:
    slow, fast = (dataclasses.replace(parameters(), rate_hz=rate) for rate in (50.0, 400.0))
    assert "Beware" not in texts(inputs(parameters=slow))["sensors.cpp"]
    assert "delivers 119 values a second" in texts(inputs(parameters=fast))["sensors.cpp"]


@pytest.mark.parametrize(
    ("fqbn", "library"),
    [
        ("arduino:mbed_nano:nano33ble", "Chirale_TensorFLowLite"),
        ("esp32:esp32:esp32cam", "Chirale_TensorFLowLite"),
        ("arduino:mbed_rp2040:pico", "Chirale_TensorFLowLite"),
        ("nobody:knows:it", "TensorFlow Lite Micro"),
        ("", "TensorFlow Lite Micro"),
    ],
)
def test_the_library_follows_the_boards_core(inputs: Make, fqbn: str, library: str) -> None:
    made = inputs()
    board = dataclasses.replace(made.board, toolchain={"arduino": fqbn} if fqbn else {})
    assert find_library(dataclasses.replace(made, board=board))["name"] == library


def test_slow_rates_are_kept_on_the_slow_clock(inputs: Make, parameters: Callable[..., FeatureParameters]) -> None:
    hourly = dataclasses.replace(parameters(), rate_hz=1 / 3600)
    header = texts(inputs(parameters=hourly))["model_info.h"]
    assert "#define MODEL_CLOCK() millis()" in header
    assert "#define MODEL_ROW_TICKS 3600000UL" in header
    third = texts(inputs(parameters=dataclasses.replace(parameters(), rate_hz=119.0)))["model_info.h"]
    assert "#define MODEL_ROW_TICKS 8403UL" in third
    assert "#define MODEL_ROW_MILLIONTHS 361345UL" in third


@pytest.mark.parametrize("rate", [1e-7, 2e5])
def test_rates_beyond_the_clock_are_refused(
    inputs: Make, parameters: Callable[..., FeatureParameters], rate: float
) -> None:
    with pytest.raises(NotSupported, match="clock"):
        build(inputs(parameters=dataclasses.replace(parameters(), rate_hz=rate)))


def test_a_board_that_runs_no_sketch_is_refused(inputs: Make) -> None:
    made = inputs()
    board = dataclasses.replace(made.board, programmable=False, why_not="Its models are compiled by its maker.")
    with pytest.raises(NotSupported, match="compiled by its maker"):
        build(dataclasses.replace(made, board=board))


def test_labels_and_outputs_must_belong_together(inputs: Make) -> None:
    with pytest.raises(NotSupported, match="3 outputs, and there are 2 labels"):
        build(inputs(labels=("rest", "press")))


def test_features_and_inputs_must_belong_together(inputs: Make, graph: Callable[..., Graph]) -> None:
    with pytest.raises(NotSupported, match="takes 12 values, and the features are 300"):
        build(inputs(graph=graph((1, 12))))


def test_hostile_names_and_labels_compile_and_say_nothing_else(
    inputs: Make, graph: Callable[..., Graph], gcc: Callable[..., str], tmp_path: Path
) -> None:
    made = inputs(
        name="\n".join(HOSTILE),
        labels=HOSTILE,
        units=HOSTILE[:6],
        made_by=HOSTILE[1],
        arena_source=HOSTILE[2],
        graph=graph(outputs=len(HOSTILE)),
    )
    made = dataclasses.replace(
        made,
        parameters=dataclasses.replace(made.parameters, channels=HOSTILE[2:8]),  # type: ignore[type-var]  # set above
    )
    for name, text in texts(made).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    strict = ("-std=c99", "-trigraphs", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only")
    for source in tmp_path.glob("*.c"):
        assert gcc(*strict, source) == "", source.name
    assert "<script>" not in (tmp_path / "README.md").read_text(encoding="utf-8").replace("\\<", "")


def test_a_template_in_a_name_stays_a_name(inputs: Make) -> None:
    assert 'MODEL_NAME "$banner"' in texts(inputs(name="$banner"))["model_info.h"]
    assert folder_name("$banner") == "banner"


def test_the_sketches_spare_arena_is_the_one_that_is_counted(inputs: Make) -> None:
    arena = resource("firmware", "arduino", "arena.ino").read_text(encoding="utf-8")
    assert f"const size_t ARENA_SPARE = {SPARE_ARENA_BYTES};" in arena
    made = inputs()
    assert arena in texts(made)[f"{folder_name(made.name)}.ino"]
