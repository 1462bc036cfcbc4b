"""The project's own settings."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.fields import setting


@dataclass(frozen=True)
class ProjectSettings:
    """Which board the project is for, and what of it the rest of the firmware takes."""

    board: str = setting("nano33ble_sense", help="The board the model has to fit.")
    description: str = setting("", help="What the project is about and where its data come from.")
    engine: str = setting(
        "usual",
        help="What runs the model on the board: generated C, or TensorFlow Lite Micro with its portable or Arm's "
        "CMSIS-NN kernels; usual takes the fastest TensorFlow Lite Micro that the board's core has.",
        choices=("usual", "c", "tflm", "tflm-cmsis"),
    )
    code_option: str = setting(
        "speed",
        title="Plain C made for",
        help="Generated C made for speed, or for the least flash.",
        choices=("speed", "size"),
    )
    firmware_flash_bytes: int = setting(
        0,
        title="Flash of your firmware",
        unit="B",
        low=0,
        high=2**30,
        help="Flash that the rest of your firmware takes; the model gets what is left.",
    )
    firmware_ram_bytes: int = setting(
        0,
        title="RAM of your firmware",
        unit="B",
        low=0,
        high=2**30,
        help="RAM that the rest of your firmware takes, stack included; the model gets what is left.",
    )
