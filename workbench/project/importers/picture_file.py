"""Pictures: PNG, JPEG and BMP, in grey or RGB."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from workbench.errors import BadFile
from workbench.project.importers.imported import ImportedRecording
from workbench.project.importers.options import ImportOptions
from workbench.project.pictures import colour_channels

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
_MOST_PIXELS = 40_000_000  # checked before anything is unpacked
_MOST_PIXELS_KEPT = 2048 * 2048
_GREY_MODES = ("1", "L", "LA", "I", "I;16", "F")


def read(path: Path, options: ImportOptions) -> list[ImportedRecording]:
    """One picture; raises BadFile when it cannot be read or is too large."""
    try:
        # Pillow warns of large pictures; the limit here is ours and comes first.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG", "JPEG", "BMP")) as picture:
                pixels = _pixels(picture, path, options)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadFile(f"The picture cannot be read ({error}).", where=str(path)) from error
    return [ImportedRecording(path.stem, colour_channels(pixels.shape[2]), None, pixels)]


def _pixels(picture: Image.Image, path: Path, options: ImportOptions) -> np.ndarray:
    width, height = picture.size
    if width * height > _MOST_PIXELS:
        raise BadFile(f"The picture has {width} × {height} pixels: too many.", where=str(path))
    grey = (
        picture.mode in _GREY_MODES if options.picture_colours == "as they are" else options.picture_colours == "grey"
    )
    if picture.mode in ("I", "I;16", "F"):
        picture = _eight_bits(picture)
    turned = ImageOps.exif_transpose(picture).convert("L" if grey else "RGB")
    if options.picture_side:
        turned = ImageOps.fit(turned, (options.picture_side, options.picture_side), Image.Resampling.BOX)
    if turned.width * turned.height > _MOST_PIXELS_KEPT:
        raise BadFile(
            f"The picture has {turned.width} × {turned.height} pixels.", where=str(path), to_do="Choose a smaller side."
        )
    return np.asarray(turned, np.uint8).reshape(turned.height, turned.width, -1).copy()


def _eight_bits(picture: Image.Image) -> Image.Image:
    """The upper eight of sixteen bits; Pillow alone would clip at 255."""
    values = np.nan_to_num(np.asarray(picture, np.float64))
    return Image.fromarray((values.clip(0, 65535) / 257).astype(np.uint8))
