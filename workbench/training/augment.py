"""Random variations of training windows, so that a model does not learn one person's size, tempo and grip.

They are made on the windows, before any features, with nothing but numpy. Only for classification: a number to
predict would not stay the same. The amounts at strength 1 were chosen on validation people of the exercises
and validation sessions of the fan.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Windows = NDArray[np.float32]

TILT_RADIANS = 0.6  # standard deviation of the angle, about a random axis
SIZE = 0.4  # of the logarithm of the gain
TEMPO = 0.2  # of the logarithm of the speed
VARIED = 0.5  # share of the windows; the others stay as recorded, so that what the board sees is among them
PICTURE_SHIFT = 0.15  # largest shift, as a share of the picture's side


def augment(windows: Windows, channels: Sequence[str], strength: float, rng: np.random.Generator) -> Windows:
    """Varied copies of ``windows`` (N, T, C) or (N, H, W, C), float32; ``strength`` 0..1.

    A random half is varied: series are tilted (channels that form x, y, z together, all of a window by the same
    rotation), made larger or smaller, slower or faster; pictures are shifted. No noise is added: in a spectrum it
    would drown what tells quiet classes apart.
    """
    chosen = np.flatnonzero(rng.random(len(windows)) < VARIED)
    varied = windows.copy()
    if windows.ndim == 4:
        varied[chosen] = shifted(windows[chosen], strength, rng)
        return varied
    turned = tilted(windows[chosen], channels, strength, rng)
    turned *= np.exp(rng.normal(0, SIZE * strength, (len(turned), 1, 1))).astype(np.float32)
    varied[chosen] = at_another_tempo(turned, strength, rng)
    return varied


def triads(channels: Sequence[str]) -> list[tuple[int, int, int]]:
    """Columns whose names differ only in x, y, z, such as ax, ay, az or gyro_X, gyro_Y, gyro_Z."""
    column = {name: index for index, name in enumerate(channels)}
    found = []
    for name in channels:
        for place, letter in enumerate(name):
            if letter not in "xX":
                continue
            others = [name[:place] + chr(ord(letter) + step) + name[place + 1 :] for step in (1, 2)]
            if all(other in column for other in others):
                found.append((column[name], column[others[0]], column[others[1]]))
                break
    return found


def tilted(windows: Windows, channels: Sequence[str], strength: float, rng: np.random.Generator) -> Windows:
    """Each window's triads turned by one random rotation, as if the sensor were worn a little differently."""
    rotations = random_rotations(len(windows), TILT_RADIANS * strength, rng)
    turned = windows.copy()
    for triad in triads(channels):
        turned[:, :, triad] = windows[:, :, triad] @ rotations
    return turned


def random_rotations(count: int, spread: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Rotation matrices (count, 3, 3) about random axes by normal angles (Rodrigues' formula)."""
    axis = rng.normal(size=(count, 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    angle = rng.normal(0, spread, count)[:, np.newaxis, np.newaxis]
    cross = np.zeros((count, 3, 3))
    cross[:, [2, 0, 1], [1, 2, 0]] = axis
    cross[:, [1, 2, 0], [2, 0, 1]] = -axis
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)
    rounded: NDArray[np.float32] = rotation.astype(np.float32)
    return rounded


def at_another_tempo(windows: Windows, strength: float, rng: np.random.Generator) -> Windows:
    """Each window stretched or squeezed about its middle, interpolated linearly and mirrored at its ends."""
    count, rows, _ = windows.shape
    if rows < 2:
        return windows
    speed = np.exp(rng.normal(0, TEMPO * strength, (count, 1)))
    last = rows - 1
    place = np.abs((np.arange(rows) - last / 2) * speed + last / 2) % (2 * last)
    place = np.minimum(place, 2 * last - place)
    before = np.minimum(place.astype(np.int64), last - 1)
    share = (place - before).astype(np.float32)[:, :, np.newaxis]
    window = np.arange(count)[:, np.newaxis]
    stretched: Windows = windows[window, before] * (1 - share) + windows[window, before + 1] * share
    return stretched


def shifted(pictures: Windows, strength: float, rng: np.random.Generator) -> Windows:
    """Each picture moved by some pixels; what comes in repeats the edge."""
    count, height, width, _ = pictures.shape
    moved = []
    for side in (height, width):
        reach = int(PICTURE_SHIFT * strength * side)
        steps = rng.integers(-reach, reach + 1, (count, 1))
        moved.append(np.clip(np.arange(side) + steps, 0, side - 1))
    rows, columns = moved
    picture = np.arange(count)[:, np.newaxis, np.newaxis]
    placed: Windows = pictures[picture, rows[:, :, np.newaxis], columns[:, np.newaxis, :]]
    return placed
