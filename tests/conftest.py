"""Fixtures every test may use."""

from __future__ import annotations

import importlib
import os
import signal
import threading
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest

# A loaded machine is slow without anything being wrong, and what fails once has to fail again. Every night looks
# elsewhere, and prints what repeats a failure.
_PATIENT = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("suite", _PATIENT, derandomize=True)
hypothesis.settings.register_profile("nightly", _PATIENT, derandomize=False, print_blob=True)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr == "nightly":
        hypothesis.settings.load_profile("nightly")
    # A suite in the background of a shell inherits that Ctrl+C is ignored, and what it starts would too.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


# Before any import of Qt or TensorFlow.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
if "PYTEST_XDIST_WORKER" in os.environ:
    # Each worker has about one core: threads would only wait for each other. Benchmarks measure what people have.
    for pool in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(pool, "1")

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real recordings and reference models that lie beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the recordings and reference models (../shared) are not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def samples() -> Path:
    """The read-only sample projects."""
    return REPOSITORY / "sample_projects"


@pytest.fixture(scope="session")
def files() -> ModuleType:
    """tests/tflite_files.py: T(ensor), Op(erator), G(raph) and build."""
    return importlib.import_module("tflite_files")  # here: it imports the schema, which few tests need


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the developer's own preferences and boards."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path_factory.mktemp("home")))
