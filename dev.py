#!/usr/bin/env python3
"""Run, test and check the workbench on a fresh machine: ``python3 dev.py run`` or ``python3 dev.py test``.

Standard library only. Makes ``.venv``, installs the pinned dependencies and what Qt lacks on Debian and
Ubuntu, then does what was asked for. Everything it installs for Python stays in ``.venv``.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.txt"
SUPPORTED = ((3, 11), (3, 12), (3, 13))  # TensorFlow has wheels for these
WINDOWS = os.name == "nt"

# What Qt loads, and the Debian package that brings it. The second table is for a window on a real screen.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
SCREEN_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
FONT_FOLDER = Path("/usr/share/fonts")
# Tests compile exported folders.
TEST_PROGRAMS = {"gcc": "gcc", "g++": "g++"}


class Problem(Exception):
    """Something the person has to do first."""


def say(text: str) -> None:
    """Print one line of progress at once, so that it stands before what a child prints."""
    print(f"· {text}", flush=True)


def has_display() -> bool:
    """Whether a window can be opened here."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


# --- Python ---------------------------------------------------------------------------------------------


def restart_with_supported_python() -> None:
    """Go on under a Python that TensorFlow supports, when this one is not."""
    if sys.version_info[:2] in SUPPORTED:
        return
    for major, minor in reversed(SUPPORTED):
        candidates = [["py", f"-{major}.{minor}"]] if WINDOWS else [[f"python{major}.{minor}"]]
        for command in candidates:
            program = shutil.which(command[0])
            if program and _runs([program, *command[1:], "-c", "pass"]):
                sys.exit(subprocess.call([program, *command[1:], str(ROOT / "dev.py"), *sys.argv[1:]]))
    found = ".".join(map(str, sys.version_info[:2]))
    how = {
        "linux": "On Debian or Ubuntu: apt-get install python3.13 python3.13-venv (or python3.12, python3.11).",
        "darwin": "With Homebrew: brew install python@3.13",
        "win32": "With winget: winget install Python.Python.3.13",
    }.get(sys.platform, "See python.org/downloads.")
    raise Problem(f"This is Python {found}; TensorFlow needs 3.11, 3.12 or 3.13, and none is here. {how}")


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def venv_python() -> Path:
    """The interpreter inside ``.venv``."""
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def make_venv() -> None:
    """Make ``.venv`` when there is none that works."""
    if venv_python().exists() and _runs([str(venv_python()), "-m", "pip", "--version"]):
        return
    say("making .venv")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if _runs(command):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    install_debian([package], "Python's venv module")
    if not _runs(command):
        raise Problem(f"Python cannot make a virtual environment. Install {package}, then try again.")


def install_requirements() -> None:
    """Install the pinned packages and the project, once for each state of the lock file."""
    state = hashlib.sha256()
    for name in ("requirements.lock", "pyproject.toml"):
        state.update((ROOT / name).read_bytes())
    state.update(str(ROOT).encode())
    wanted = state.hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    say("installing the pinned packages into .venv (about 1 GB the first time; a few minutes)")
    pip = [str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    lock = str(ROOT / "requirements.lock")
    for what in (["-r", lock], ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]):
        if subprocess.call(pip + what) != 0:
            raise Problem("pip could not install the packages; its message stands above. Is the network there?")
    STAMP.write_text(wanted)


# --- system packages ------------------------------------------------------------------------------------


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(for_tests: bool) -> list[str]:
    """The Debian packages that Qt (and the tests) lack here."""
    if not sys.platform.startswith("linux"):
        return []
    libraries = QT_LIBRARIES | (SCREEN_LIBRARIES if has_display() else {})
    packages = [package for library, package in libraries.items() if not _loads(library)]
    if not FONT_FOLDER.is_dir() or not any(FONT_FOLDER.rglob("*.ttf")):
        packages.append("fonts-dejavu-core")
    if for_tests:
        packages += [package for program, package in TEST_PROGRAMS.items() if not shutil.which(program)]
    return packages


def install_debian(packages: list[str], why: str) -> None:
    """Install Debian packages as root; else print the exact command."""
    if not packages:
        return
    command = f"apt-get install -y {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise Problem(f"{why} needs what Debian calls {' '.join(packages)}; install the like of it, then try again.")
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise Problem(f"{why} needs system packages. Run this, then try again:\n\n    sudo {command}\n")
    say(f"installing for {why}: {' '.join(packages)}")
    update_failed = not _apt("update", "-qq")
    if not _apt(*command.split()[1:]):
        advice = "; the package lists could not be updated (is the network there?)" if update_failed else ""
        raise Problem(f"This failed{advice}; run it by hand to see why: {command}")


def _apt(*arguments: str) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.call(["/usr/bin/apt-get", *arguments], stdout=subprocess.DEVNULL, env=environment) == 0


# --- verbs ----------------------------------------------------------------------------------------------


def python(*arguments: str) -> int:
    """Run the environment's Python in the project's folder; its exit status."""
    return subprocess.call([str(venv_python()), *arguments], cwd=ROOT)


def pytest(*arguments: str) -> int:
    """Run tests."""
    return python("-m", "pytest", *arguments)


def cores() -> str:
    """How many test processes to start; TensorFlow in each takes half a gigabyte."""
    return str(max(1, min(4, os.cpu_count() or 1)))


def run(rest: list[str]) -> int:
    """Open the window; with no display do the main job without one."""
    if has_display():
        return python("-m", "workbench", "window", *rest)
    say("no display here: doing the main job of the sample project without a window instead")
    return python("-m", "workbench", "demo", *rest)


def test(rest: list[str]) -> int:
    """Run the whole suite."""
    return pytest("-n", cores(), "-m", "not nightly and not bench", *rest)


def check(rest: list[str]) -> int:
    """Run ruff, strict mypy and the whole suite."""
    steps = (("-m", "ruff", "check", "."), ("-m", "ruff", "format", "--check", "."), ("-m", "mypy"))
    failed = [" ".join(step[1:]) for step in steps if python(*step) != 0]
    status = test(rest)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
        return 1
    return status


def bench(rest: list[str]) -> int:
    """Measure; every figure is printed, and kept in tests/benchmarks/RESULTS.md with --record."""
    return pytest("tests/benchmarks", "-m", "bench", "-s", "-q", "--timeout", "3600", *rest)


def nightly(rest: list[str]) -> int:
    """Run the long tests."""
    return pytest("-n", cores(), "-m", "nightly", "--timeout", "3600", *rest)


VERBS = {"run": run, "test": test, "check": check, "bench": bench, "nightly": nightly}


def main() -> int:
    """Prepare, then do the verb; problems are one line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    verbs = "; ".join(f"{name}: {(verb.__doc__ or '').splitlines()[0]}" for name, verb in VERBS.items())
    parser.add_argument("verb", choices=VERBS, help=verbs)
    arguments, rest = parser.parse_known_args()
    try:
        restart_with_supported_python()
        install_debian(
            missing_packages(for_tests=arguments.verb != "run"), "Qt" if arguments.verb == "run" else "tests"
        )
        make_venv()
        install_requirements()
        return VERBS[arguments.verb](rest)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
