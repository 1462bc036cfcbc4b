"""The boards that come with the program."""

from __future__ import annotations

import pytest

from workbench.boards import FACTS, Board, built_in_boards, known_cores
from workbench.target.costs import load_costs

WANTED = [
    "nano33ble_sense", "nano33ble_sense_rev2", "sparkfun_edge", "sparkfun_edge2", "esp_eye", "esp32_cam", "esp32_s3",
    "himax_we1", "thunderboard_sense2", "nucleo_l4r5zi", "stm32f407_discovery", "stm32f746_discovery", "pico", "pico2",
    "microbit_v2", "frdm_kl03z", "ndp100",
]  # fmt: skip
BOARDS = sorted(built_in_boards().values(), key=lambda board: board.id)


def test_every_wanted_board_is_there() -> None:
    assert set(WANTED) <= set(built_in_boards())


def test_names_tell_boards_apart() -> None:
    assert len({board.name for board in BOARDS}) == len(BOARDS)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_every_fact_has_a_source(board: Board) -> None:
    wanted = set(FACTS) if not board.programmable else set(FACTS) - {"programmable"}
    assert set(board.sources) == wanted
    assert all(len(text) > 4 for text in board.sources.values())


@pytest.mark.parametrize("board", [b for b in BOARDS if b.programmable], ids=lambda board: board.id)
def test_sizes_are_plausible(board: Board) -> None:
    assert 1_024 <= board.free_ram_bytes <= board.ram_bytes
    assert 16_384 <= board.free_flash_bytes <= board.flash_bytes
    assert board.regions
    assert board.core.name in load_costs().cores
    if board.active_ma is not None:
        assert board.active_ma_range is not None, "a current without a range claims too much"


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_units_follow_from_the_core(board: Board) -> None:
    if board.core.name in ("cortex-m0", "cortex-m0plus", "cortex-m3"):
        assert board.core.fpu == "none" and not board.core.dsp
    if board.core.name in ("cortex-m4", "cortex-m7"):
        assert board.core.dsp, "Armv7E-M has the DSP instructions"
    assert not board.core.mve or board.core.name == "cortex-m55"


def test_datasheet_figures() -> None:
    """Figures anyone can look up, so that a slip of the pen is found."""
    boards = built_in_boards()
    kl03z = boards["frdm_kl03z"]
    assert (kl03z.flash_bytes, kl03z.ram_bytes, kl03z.core.clock_hz) == (32 * 1024, 2 * 1024, 48_000_000)
    nano = boards["nano33ble_sense"]
    assert (nano.flash_bytes, nano.ram_bytes, nano.core.clock_hz) == (1 << 20, 256 * 1024, 64_000_000)
    assert nano.usb_ids == boards["nano33ble_sense_rev2"].usb_ids
    nucleo = boards["nucleo_l4r5zi"]
    assert (nucleo.flash_bytes, nucleo.ram_bytes) == (2 << 20, 640 * 1024)
    assert {sensor.name for sensor in boards["nano33ble_sense_rev2"].sensors} >= {"BMI270", "BMM150", "HS3003"}


def test_the_ndp100_is_listed_with_the_reason_why_not() -> None:
    ndp100 = built_in_boards()["ndp100"]
    assert not ndp100.programmable
    assert "TensorFlow Lite Micro" in ndp100.why_not


def test_a_board_may_name_any_core_with_costs_or_another() -> None:
    assert set(known_cores()) == {*load_costs().cores, "other"}
