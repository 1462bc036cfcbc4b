"""Consistent Overhead Byte Stuffing of many frames at once (S. Cheshire and M. Baker, 1999).

A frame is sent without zero bytes, so that a zero can end it: each zero is replaced by the distance to the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.capture.wire.checksums import Bytes

_FULL = 255  # a code for 254 bytes that no zero follows


def decode(encoded: Bytes) -> list[tuple[NDArray[np.intp], Bytes]]:
    """What frames of equal length, uint8 (n, width) without the final zeros, stand for.

    Gives groups of equal length: the frames' places in the input (k,) and their bytes (k, decoded). Frames whose
    codes do not come out at their end are left out.
    """
    count, width = encoded.shape
    decoded = encoded.copy()
    stuffed = np.zeros(count, np.intp)  # codes that stand for no zero
    whole = np.zeros(count, np.bool_)
    surplus: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
    frames = np.arange(count)
    codes = encoded[:, 0].astype(np.intp)
    places = codes.copy()
    while len(frames):
        whole[frames[places == width]] = True
        on = places < width
        frames, places, codes = frames[on], places[on], codes[on]
        full = codes == _FULL
        if full.any():
            surplus.append((frames[full], places[full]))
            stuffed[frames[full]] += 1
        decoded[frames[~full], places[~full]] = 0
        codes = encoded[frames, places].astype(np.intp)
        places = places + codes
    if not surplus:
        chosen = np.flatnonzero(whole)
        return [(chosen, decoded[chosen, 1:])]
    keep = np.ones((count, width), np.bool_)
    keep[:, 0] = False
    for rows, columns in surplus:
        keep[rows, columns] = False
    groups = []
    for number in np.unique(stuffed[whole]):
        chosen = np.flatnonzero(whole & (stuffed == number))
        groups.append((chosen, decoded[chosen][keep[chosen]].reshape(len(chosen), width - 1 - number)))
    return groups
