"""How a board's own camera gives the model's pictures: by its connector's pins, which the board's TOML names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.boards import Board
from workbench.features.parameters import FeatureParameters
from workbench.firmware.inputs import FirmwareInputs
from workbench.firmware.templates import table

_GREY, _COLOUR = 1, 3  # values a pixel that the driver gives
_FRAME_BYTES = {_GREY: 1, _COLOUR: 2}  # a pixel in the frame buffer; colours are RGB565


def board_camera(inputs: FirmwareInputs) -> Mapping[str, str] | None:
    """What goes into camera_esp32.cpp; None when the model takes no pictures or the camera is left to the person."""
    if inputs.parameters is None:
        return None
    frame = _frame(inputs.board, inputs.parameters)
    if frame is None:
        return None
    pins = _pins(inputs.board)
    fields = {name: str(pin) for name, pin in pins.items() if name != "data"}
    data = {f"d{bit}": str(pin) for bit, pin in enumerate(pins["data"])}
    grey = inputs.parameters.input_shape[2] == _GREY
    pixels = {"pixel_format": "PIXFORMAT_GRAYSCALE" if grey else "PIXFORMAT_RGB565", "frame_size": frame["name"]}
    return fields | data | pixels


def camera_frame_bytes(board: Board, parameters: FeatureParameters) -> int:
    """Bytes of the driver's one frame buffer; 0 when the camera is left to the person."""
    frame = _frame(board, parameters)
    return frame["width"] * frame["height"] * _FRAME_BYTES[parameters.input_shape[2]] if frame else 0


def _frame(board: Board, parameters: FeatureParameters) -> Mapping[str, Any] | None:
    """The smallest frame that holds the model's picture, when the board has a camera that gives such pictures."""
    if not parameters.picture or not _pins(board):
        return None
    height, width, colours = parameters.input_shape
    if colours not in _FRAME_BYTES:
        return None
    frames = table("arduino", "cameras.toml")["frames"]
    return next((frame for frame in frames if frame["width"] >= width and frame["height"] >= height), None)


def _pins(board: Board) -> Mapping[str, Any]:
    """The pins of the board's camera connector; none when it has no camera that we know."""
    pins: Mapping[str, Any] = table("arduino", "cameras.toml")["esp32_camera"].get(
        board.toolchain.get("esp32_camera", ""), {}
    )
    return pins
