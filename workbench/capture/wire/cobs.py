"""Consistent Overhead Byte Stuffing of many frames at once (S. Cheshire and M. Baker, 1999).

A frame is sent without zero bytes, so that a zero can end it: each zero is replaced by the distance to the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.capture.wire.checksums import Bytes

_FULL = 255  # a code for 254 bytes that no zero follows


def decode(encoded: Bytes) -> list[tuple[NDArray[np.intp], Bytes]]:
    """What frames of equal length, uint8 (n, width) without zeros, stand for.

    Gives groups of equal length: the frames' places in the input (k,) and their bytes (k, decoded). Frames whose
    codes do not come out at their end are left out.
    """
    count, width = encoded.shape
    following = _following(encoded)
    content = np.empty((count, width + 2), np.uint8)
    content[:, :width] = encoded
    flat = content.ravel()
    first = np.arange(count) * (width + 2)
    may_be_full = width >= _FULL and bool((encoded == _FULL).any())
    surplus = [first]  # codes that are no part of what was sent
    codes, places = flat[first], following[first]
    while not np.array_equal(after := following[places], places):
        if may_be_full:
            surplus.append(places[codes == _FULL])
            codes = flat[places]
        flat[places] = 0
        places = after
    whole = places - first == width
    if not any(map(len, surplus[1:])):
        chosen = np.flatnonzero(whole)
        return [(chosen, content[chosen, 1:width])]
    return _without(surplus, content, whole)


def _following(encoded: Bytes) -> NDArray[np.intp]:
    """For each byte the place of the next code, were it a code itself (n * (width + 2),).

    Two places stand behind each frame, and lead to themselves: its end, and what lies beyond.
    """
    count, width = encoded.shape
    following = np.empty((count, width + 2), np.intp)
    np.add(encoded, np.arange(width), out=following[:, :width])
    following[:, width] = width
    following[:, width + 1] = width + 1
    np.minimum(following, width + 1, out=following)
    following += (np.arange(count) * (width + 2))[:, np.newaxis]
    return following.ravel()


def _without(
    surplus: list[NDArray[np.intp]], content: Bytes, whole: NDArray[np.bool_]
) -> list[tuple[NDArray[np.intp], Bytes]]:
    """The whole frames without the surplus codes, by how many are left out."""
    keep = np.ones(content.shape, np.bool_)
    keep[:, -2:] = False
    keep.ravel()[np.concatenate(surplus)] = False
    lengths = np.count_nonzero(keep, axis=1)
    groups = []
    for length in np.unique(lengths[whole]):
        chosen = np.flatnonzero(whole & (lengths == length))
        groups.append((chosen, content[chosen][keep[chosen]].reshape(len(chosen), length)))
    return groups
