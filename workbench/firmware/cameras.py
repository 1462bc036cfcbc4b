"""How a board's own camera gives the model's pictures: by its connector's pins, which the board's TOML names."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.firmware.inputs import FirmwareInputs
from workbench.firmware.templates import table


def board_camera(inputs: FirmwareInputs) -> Mapping[str, str] | None:
    """What goes into camera_esp32.cpp; None when the model takes no pictures or the camera is left to the person."""
    if inputs.parameters is None or not inputs.parameters.picture:
        return None
    known = table("arduino", "cameras.toml")
    pins = known["esp32_camera"].get(inputs.board.toolchain.get("esp32_camera", ""))
    height, width, colours = inputs.parameters.input_shape
    frames = [frame["name"] for frame in known["frames"] if frame["width"] >= width and frame["height"] >= height]
    if pins is None or not frames or colours not in (1, 3):
        return None
    fields = {name: str(pin) for name, pin in pins.items() if name != "data"}
    data = {f"d{bit}": str(pin) for bit, pin in enumerate(pins["data"])}
    pixels = {"pixel_format": "PIXFORMAT_GRAYSCALE" if colours == 1 else "PIXFORMAT_RGB565", "frame_size": frames[0]}
    return fields | data | pixels
