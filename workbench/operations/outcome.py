"""What an operation gives back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Topic(StrEnum):
    """A part of the project that changed; pages refresh from it. The values are the store's names of its tables."""

    RECORDINGS = "recordings"
    SEGMENTS = "segments"
    SETTINGS = "settings"
    RUNS = "runs"
    VARIANTS = "variants"


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """The value asked for, what changed, and what the person should be told (files that were not read, …)."""

    value: T
    changed: frozenset[Topic] = frozenset()
    messages: tuple[str, ...] = ()
