"""The table of wire formats: what a person can choose, and what detection chooses from."""

from __future__ import annotations

from collections.abc import Callable

from workbench.capture.wire.binary import BinaryFrame, BinaryFrames
from workbench.capture.wire.delimited import SEPARATORS, DelimitedLines
from workbench.capture.wire.detect import AutoDetect
from workbench.capture.wire.labelled import LabelledLines
from workbench.capture.wire.native import NativeFrames
from workbench.capture.wire.parser import WireParser
from workbench.capture.wire.simple_stream import SimpleStream
from workbench.capture.wire.stamped import StampedLines
from workbench.errors import BadSetting

FORMATS: dict[str, Callable[[], WireParser]] = {
    "lines": DelimitedLines,
    "labelled": LabelledLines,
    "stamped": StampedLines,
    "binary": BinaryFrames,
    "native": NativeFrames,
    "sensiml": SimpleStream,
}


def parser_for(format: str | None, frame: BinaryFrame | None = None, separator: str | None = None) -> WireParser:
    """A parser of the format with this id; None finds out.

    Binary frames have the layout ``frame``, the values of a delimited line this ``separator`` of SEPARATORS.

    Raises BadSetting when there is no format of this name, or the layout is impossible.
    """
    if format is None:
        return AutoDetect()
    if format not in FORMATS:
        to_do = f"Choose one of: {', '.join(FORMATS)}."
        raise BadSetting(f"There is no wire format {format!r}.", where="format", to_do=to_do)
    if format == "binary":
        return BinaryFrames(frame)
    if format == "lines" and separator is not None:
        return DelimitedLines(separator=SEPARATORS[separator])
    return FORMATS[format]()
