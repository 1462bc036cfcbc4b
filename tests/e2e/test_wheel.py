"""An installed wheel finds its resources and samples, far from the source tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
WHERE = "import workbench.resources as r; print(r.resource('boards')); print(r.sample_projects())"


def test_an_installed_wheel_works_without_the_source_tree(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(site)
    assert not any(name.startswith("tests/") or name.endswith("-wal") for name in names)

    # Before the checkout, which the developer's environment has on its path as well.
    environment = os.environ | {"PYTHONPATH": str(site)}

    def python(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    boards, samples = map(Path, python("-c", WHERE).splitlines())
    assert boards.is_relative_to(site)
    assert samples.is_relative_to(site)

    listed = json.loads(python("-m", "workbench", "boards", "--json"))["boards"]
    in_tree = {path.stem for path in (REPOSITORY / "resources/boards").glob("*.toml")}
    assert {board["id"] for board in listed} == in_tree

    opened = "from workbench.operations.projects import samples; print(*sorted(s.folder.name for s in samples()))"
    assert "shoulder_exercises" in python("-c", opened)
