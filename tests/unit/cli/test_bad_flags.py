"""A flag that is wrong is one line."""

from __future__ import annotations

import pytest

from workbench.cli import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["capture", "p", "--port", "x", "--seconds", "long"], "--seconds takes a number, not 'long'."),
        (["capture", "p", "--port", "x", "--takes", "2.5"], "--takes takes a whole number, not '2.5'."),
        (["capture", "p"], "the following arguments are required: --port."),
    ],
)
def test_it_says_what_is_wrong_and_where_the_flags_are_listed(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"workbench: {said} See: workbench capture --help\n"
