"""Benchmarks print figures; ``dev.py bench --record`` keeps them in RESULTS.md."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

COLUMNS = ("topic", "what", "measured", "target", "day")
RESULTS = Path(__file__).with_name("RESULTS.md")
INTRODUCTION = """\
# Last measured figures

Written by `python3 dev.py bench --record`. Speed is a ratio against a named baseline in the same run: machines are
noisy. A target that is not reached is shown as it is. Topics that were not run keep their figures.
"""


@dataclass(frozen=True)
class Row:
    """One measured figure, and the day it was measured."""

    topic: str
    what: str
    measured: str
    target: str
    day: str


_rows: list[Row] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="keep the figures in RESULTS.md")


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, str, str], None]:
    """``figure(what, measured, target)`` prints one figure and keeps it for the table."""
    topic = request.path.stem.removeprefix("bench_").replace("_", " ")

    def keep(what: str, measured: str, target: str = "") -> None:
        _rows.append(Row(topic, what, measured, target, f"{datetime.now(UTC):%Y-%m-%d}"))
        print(f"\n{topic}: {what}: {measured}" + (f" (target: {target})" if target else ""))  # noqa: T201

    return keep


def _kept() -> list[Row]:
    """Rows of the table whose topic was not measured this time."""
    anew = {row.topic for row in _rows}
    cells = [line.strip("| ").split(" | ") for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    rows = [Row(*map(str.strip, row)) for row in cells if len(row) == len(COLUMNS) and tuple(row) != COLUMNS]
    return [row for row in rows if row.topic not in anew]


def _table() -> Iterator[str]:
    yield INTRODUCTION
    yield f"Python {platform.python_version()}, {platform.system()} {platform.machine()}\n"
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---" * len(COLUMNS) + "|"
    for row in sorted((*_kept(), *_rows), key=lambda row: row.topic):
        yield f"| {row.topic} | {row.what} | {row.measured} | {row.target or '–'} | {row.day} |"


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _rows and session.config.getoption("--record", default=False):
        RESULTS.write_text("\n".join(_table()) + "\n", encoding="utf-8")
