"""The template files in ``resources/firmware/arduino``: plain text with ``$name`` where something goes in."""

from __future__ import annotations

import functools
import string
import tomllib
from collections.abc import Mapping
from typing import Any

from workbench.resources import resource


def fill(template: str, **values: str) -> bytes:
    """A template file with every ``$name`` replaced; a name without a value is a defect and raises KeyError.

    Values go in as they are: whatever a person typed must have passed ``c_text`` before.
    """
    text = resource("firmware", "arduino", *template.split("/")).read_text(encoding="utf-8")
    return string.Template(text).substitute(values).encode("utf-8")


@functools.cache
def table(*path: str) -> Mapping[str, Any]:
    """A TOML file below ``resources/firmware``."""
    return tomllib.loads(resource("firmware", *path).read_text(encoding="utf-8"))


@functools.cache
def sensor_tables() -> tuple[Mapping[str, Any], ...]:
    """What is known of each sensor that a board may carry, one file a sensor."""
    folder = resource("firmware", "arduino", "sensors")
    return tuple(table("arduino", "sensors", path.name) for path in sorted(folder.glob("*.toml")))
