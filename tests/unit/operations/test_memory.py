from __future__ import annotations

import time
from pathlib import Path
from types import ModuleType

import pytest

from workbench.boards import find_board
from workbench.errors import BadModel
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings
from workbench.fields import settings_of
from workbench.memory.budget import Buffers
from workbench.memory.fit import ENGINES
from workbench.memory.use import PartKind
from workbench.operations.memory import feeding_buffers, memory_report
from workbench.project.settings import ProjectSettings


def parameters(block: str, input_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> FeatureParameters:
    channels = ("x", "y", "z")
    return FeatureParameters(FeatureSettings(block), 50.0, channels, input_shape, 10, output_shape, (0.0,), (1.0,))


def test_a_file_and_its_bytes_give_the_same(shared: Path) -> None:
    path = shared / "models" / "hello_world_int8.tflite"
    board = find_board("nano33ble_sense")
    assert memory_report(path, board) == memory_report(path.read_bytes(), board)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadModel) as caught:
        memory_report(tmp_path / "model.tflite", find_board("nano33ble_sense"))
    assert "model.tflite" in caught.value.where


def test_raw_windows_need_no_room_for_features() -> None:
    assert feeding_buffers(parameters("raw", (100, 3), (100, 3))) == Buffers(1200, 0)


def test_statistics_and_spectra_do() -> None:
    assert feeding_buffers(parameters("statistics", (100, 3), (15,))) == Buffers(1200, 60)
    # The transform works on the next power of two, in real and imaginary parts.
    assert feeding_buffers(parameters("spectrum", (100, 3), (48,))) == Buffers(1200, 48 * 4 + 2 * 128 * 4)


def test_pictures_are_bytes() -> None:
    assert feeding_buffers(parameters("raw", (96, 96, 1), (96, 96, 1))) == Buffers(96 * 96, 0)


def test_a_slider_may_ask_for_it(shared: Path) -> None:
    """54 KB of model, warm: far below the 20 ms of a slider; of the processor, so that others on it play no part."""
    data = (shared / "models" / "mlperf_kws_ref_int8.tflite").read_bytes()
    board = find_board("nano33ble_sense")
    memory_report(data, board)
    times = []
    for _ in range(20):
        start = time.process_time()
        memory_report(data, board)
        times.append(time.process_time() - start)
    assert min(times) < 0.02


def test_a_project_may_choose_each_engine_that_there_is() -> None:
    (engine,) = (setting for setting in settings_of(ProjectSettings) if setting.name == "engine")
    assert set(engine.choices) == {"usual", *ENGINES}


def test_plain_c_has_no_channels_that_never_change_the_answer(shared: Path) -> None:
    model = (shared / "models" / "mlperf_vww_96_int8.tflite").read_bytes()
    board = find_board("nano33ble_sense")
    plain, others = (memory_report(model, board, engine).flash.of_kind(PartKind.WEIGHTS) for engine in ("c", "tflm"))
    assert plain < 0.25 * others


def test_what_cannot_be_generated_has_its_memory_all_the_same(files: ModuleType) -> None:
    tensors = [files.T((1, 4, 4, 2)), files.T((2, 1, 1, 2), constant=True), files.T((1, 4, 4, 2))]
    convolution = files.Op("CONV_2D", [0, 1], [2], "Conv2DOptions", {"StrideW": 1, "StrideH": 1, "Padding": 0})
    without_scales = files.build(files.G(tensors, [convolution], [0], [2]))
    assert memory_report(without_scales, find_board("nano33ble_sense"), "c").arena.required >= 32
