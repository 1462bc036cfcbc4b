"""A verb is found without loading the others."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workbench.cli import VERBS, main, verbs


def test_each_verb_is_found_by_what_people_type() -> None:
    names = [verb.name for verb in verbs()]
    assert len(names) == len(set(names)) == len(VERBS)
    for name in names:
        assert [verb.name for verb in verbs(name)] == [name]


def test_what_is_no_verb_gets_the_list_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["tain"])
    said = capsys.readouterr().err
    assert "'tain'" in said
    assert "train" in said


def test_a_small_verb_loads_no_large_one() -> None:
    look = (
        "import sys; from workbench.cli import main; main(['boards', 'pico', '--json']); "
        "assert 'workbench.cli.boards' in sys.modules; "
        "assert not {'numpy', 'pyarrow', 'workbench.cli.train'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, timeout=60)
