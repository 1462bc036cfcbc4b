"""Nothing that a person types can break out of the C it is put into."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.codegen.c_text import c_array, c_bytes, c_comment, c_float, c_string
from workbench.firmware.text import file_name, markdown

NASTY = [
    "",
    "bicep curl",
    'say "hi"',
    "back\\slash\\",
    "line\nbreak\r\n",
    "*/ int x; /*",
    "// not a comment",
    "what??/",
    "??=define ??< ??>",
    "%s %n %d",
    "int",
    "7 up",
    "\x01\x7f\x9b",
    "\t12",
    "éß漢字🙂",
    "\u202egnirts desrever",
    "\ufeff",
    "é7a",  # an escape in hexadecimal would swallow the digits
    "a\u2028b",
]


def read_literal(literal: str) -> bytes:
    """A C string literal's bytes, read as a compiler does: a second opinion on c_string."""
    assert literal[0] == literal[-1] == '"'
    found = bytearray()
    body = literal[1:-1]
    at = 0
    while at < len(body):
        assert " " <= body[at] <= "~", "only plain ASCII"
        assert body[at] != '"', "the literal ends early"
        if body[at] != "\\":
            found.append(ord(body[at]))
            at += 1
        elif match := re.match(r"[0-7]{1,3}", body[at + 1 :]):
            found.append(int(match[0], 8))
            at += 1 + len(match[0])
        else:
            found.append({'"': 34, "\\": 92, "?": 63}[body[at + 1]])
            at += 2
    return bytes(found)


@given(st.text())
def test_a_literal_holds_the_text(text: str) -> None:
    literal = c_string(text)
    assert "??" not in literal
    assert read_literal(literal).decode("utf-8") == text.replace("\0", "\ufffd")


def test_what_c_cannot_hold_is_replaced() -> None:
    assert read_literal(c_string("a\0b\ud800c")).decode("utf-8") == "a\ufffdb\ufffdc"


def test_the_compiler_reads_the_literals_the_same_way(gcc: Callable[..., str], tmp_path: Path) -> None:
    source = tmp_path / "literals.c"
    checks = "\n".join(
        f"    {{{c_string(text)}, {len(text.encode())}U, {{{', '.join(map(str, [*text.encode(), 0]))}}}}},"
        for text in NASTY
    )
    source.write_text(
        "#include <string.h>\n"
        "struct check { const char *text; size_t length; unsigned char bytes[64]; };\n"
        f"static const struct check CHECKS[] = {{\n{checks}\n}};\n"
        "int main(void)\n{\n"
        "    for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0]; ++i) {\n"
        "        if (strlen(CHECKS[i].text) != CHECKS[i].length) { return 1; }\n"
        "        if (memcmp(CHECKS[i].text, CHECKS[i].bytes, CHECKS[i].length) != 0) { return 2; }\n"
        "    }\n    return 0;\n}\n"
    )
    program = tmp_path / "literals"
    assert gcc("-std=c99", "-trigraphs", "-Wall", "-Wextra", "-Werror", source, "-o", program) == ""
    assert subprocess.run([program], timeout=300, check=False).returncode == 0


@given(st.text())
def test_a_comment_stays_one_comment(text: str) -> None:
    comment = c_comment(text)
    assert "*/" not in comment
    assert "/*" not in comment
    assert "//" not in comment
    assert "??" not in comment
    assert "\\" not in comment
    assert comment.isprintable()
    # Put between delimiters, the ends cannot combine with them either.
    assert f"/* {comment} */".count("*/") == 1


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_floats_read_back_exactly(value: float) -> None:
    text = c_float(value)
    assert re.fullmatch(r"-?\d+(\.\d+)?(e[+-]\d+)?f", text)
    assert re.search(r"[.e]", text), "without a point or exponent it would be an integer with a wrong suffix"
    assert np.float32(float(text[:-1])) == np.float32(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_has_no_literal(value: float) -> None:
    with pytest.raises(ValueError, match="literal"):
        c_float(value)


@given(st.text())
def test_names_suit_the_arduino_ide_and_every_file_system(text: str) -> None:
    name = file_name(text)
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,62}", name)
    assert name.lower() not in {"con", "aux", "nul", "prn", "com1", "lpt9"}
    assert file_name(name) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Shoulder exercises", "Shoulder_exercises"),
        ("Übung 1", "Ubung_1"),
        ("7 up", "sketch_7_up"),
        ("../../etc/passwd", "etc_passwd"),
        ("CON", "sketch_CON"),
        ("漢字", "sketch"),
        ("x" * 200, "x" * 63),
    ],
)
def test_names_stay_readable(typed: str, name: str) -> None:
    assert file_name(typed) == name


@given(st.text())
def test_markdown_shows_the_text_and_no_more(text: str) -> None:
    shown = markdown(text)
    assert shown.isprintable()
    bare = re.sub(r"\\.", "", shown)
    assert not set(bare) & set("`*_[]<>#|&$~")


def test_arrays_are_wrapped() -> None:
    lines = c_array([c_float(x) for x in np.linspace(-1, 1, 40)]).splitlines()
    assert all(len(line) <= 110 for line in lines)
    assert len(",".join(lines).split(",")) >= 40
    assert c_bytes(bytes(range(20))).splitlines()[1] == "    0x10, 0x11, 0x12, 0x13,"
