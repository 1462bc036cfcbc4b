"""The data acquisition format in JSON: one series with names, units and an interval in ms.

Only what is data is read; the signature is not checked (the key to it is not public).
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from workbench.errors import BadFile
from workbench.project.importers.imported import MOST_CHANNELS, ImportedRecording
from workbench.project.importers.options import ImportOptions
from workbench.project.labels import tidy_text
from workbench.project.model import Channel

SUFFIXES = (".json",)
_MOST_BYTES = 256 * 2**20


def read(path: Path, options: ImportOptions) -> list[ImportedRecording]:
    """The series in one file; raises BadFile when it is of another form."""
    if path.stat().st_size > _MOST_BYTES:
        raise BadFile("The file is too large.", where=str(path))
    try:
        payload = json.loads(path.read_bytes())["payload"]
        channels = tuple(_channel(sensor, options.unit) for sensor in payload["sensors"])
        interval_ms = float(payload["interval_ms"])
        values = np.array(payload["values"], np.float32)
        device = tidy_text(str(payload.get("device_name", "")))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
        raise BadFile("This is no data acquisition file.", where=str(path)) from error
    if values.ndim == 1:
        values = values[:, None]  # a single sensor may be written without inner brackets
    if values.ndim != 2 or not len(values) or values.shape[1] != len(channels) or len(channels) > MOST_CHANNELS:
        raise BadFile("Its values do not fit its sensors.", where=str(path))
    if not math.isfinite(interval_ms) or interval_ms <= 0 or not np.isfinite(values).all():
        raise BadFile("Its interval or its values are no numbers.", where=str(path))
    # The interval is written as a quotient: 16.949152542372882 ms are 59 Hz, not 58.99999999999999.
    rate_hz = options.rate_hz or float(f"{1000 / interval_ms:.9g}")
    metadata = {"device": device} if device else {}
    return [ImportedRecording(path.name.removesuffix(".json"), channels, rate_hz, values, metadata=metadata)]


def _channel(sensor: dict[str, Any], unit: str) -> Channel:
    own = tidy_text(str(sensor.get("units", "")))
    return Channel(tidy_text(str(sensor["name"])), unit if own in ("", "N/A") else own)
