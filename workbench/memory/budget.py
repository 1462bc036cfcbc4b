"""What else the user's device holds."""

from __future__ import annotations

from dataclasses import dataclass

# What the exported sketch adds to the smallest arena: people install other versions of the runtime than the one
# that was measured. It is ARENA_SPARE in resources/firmware/arduino/, and a test holds the two together.
SPARE_ARENA_BYTES = 1024


@dataclass(frozen=True)
class Firmware:
    """Flash and RAM in bytes that the user's own firmware takes, model and inference excluded."""

    flash_bytes: int = 0
    ram_bytes: int = 0


@dataclass(frozen=True)
class Buffers:
    """RAM in bytes that feeds the model: the window of samples or the picture, and what fills it.

    ``feature_bytes`` is room for computing features, ``frame_bytes`` the camera driver's frame buffer, which lies in
    RAM outside the microcontroller where the board has some.
    """

    window_bytes: int = 0
    feature_bytes: int = 0
    frame_bytes: int = 0
