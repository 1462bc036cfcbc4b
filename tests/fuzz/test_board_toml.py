"""Whatever lies in a board file, the answer is a board or one BadBoard in one line."""

from __future__ import annotations

import tomllib
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.boards import built_in_boards, parse_board
from workbench.boards.toml_file import board_toml
from workbench.errors import BadBoard

DOCUMENTS = [board_toml(board) for board in built_in_boards().values()]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 70), 1 << 70),
    st.floats(),
    st.text(max_size=20),
    st.datetimes(),
    st.sampled_from(["", "cortex-m4", "single", "2341:805a", "\x00", "x" * 3000]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


def read(content: bytes) -> None:
    try:
        board = parse_board(content, "fuzz", where="fuzz.toml")
    except BadBoard as error:
        assert str(error).startswith("fuzz.toml: ")
        assert len(str(error)) < 1_000
    else:
        assert parse_board(board_toml(board), "fuzz", where="fuzz.toml") == board


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    read(content)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.data())
def test_real_files_with_bytes_changed(document: bytes, data: st.DataObject) -> None:
    content = bytearray(document)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    read(bytes(content))


def _without_none(value: Any) -> Any:
    """TOML has no null."""
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value if item is not None]
    return value


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.data())
def test_real_files_with_a_value_changed(document: bytes, data: st.DataObject) -> None:
    board = tomllib.loads(document.decode())
    table: dict[str, Any] = board
    while True:
        key = data.draw(st.sampled_from(sorted(table)) | st.text(max_size=10))
        inner = table.get(key)
        if not isinstance(inner, dict) or data.draw(st.booleans()):
            break
        table = inner
    table[key] = data.draw(VALUES)
    try:
        content = tomli_w.dumps(_without_none(board)).encode()
    except UnicodeEncodeError:
        return
    read(content)
