"""The real window on real sample projects; what a test leaves behind (threads, timers, processes) fails it."""

from __future__ import annotations

import gc
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench import jobs
from workbench.features import parameters as feature_parameters
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings
from workbench.operations.projects import copy_sample
from workbench.project.store import Project
from workbench.training import evaluation
from workbench.ui import theme
from workbench.ui.app import make_application
from workbench.ui.main_window import MainWindow
from workbench.ui.session import Session
from workbench.ui.theme import ThemeChoice

PATIENCE_MS = 30_000
ROWS, CHANNELS, CLASSES = 150, ("ax", "ay", "az", "wx", "wy", "wz"), 7


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


class PatientBot(QtBot):
    """A robot that waits as long as a loaded machine may need; what never comes fails all the same."""

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = PATIENCE_MS) -> None:  # noqa: N802
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **others: Any) -> Any:  # noqa: N802
        return super().waitSignal(signal, timeout=timeout, **others)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(scope="module", autouse=True)
def _heap_from_before() -> Iterator[None]:
    """What lives already stays out of every test's search for what it left: TensorFlow alone is 350,000 objects."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def nothing_is_left_running(qapp: QApplication) -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    jobs.cool_down()
    for _ in range(3):
        qapp.processEvents()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    dummies = (threading._DummyThread,)  # what threading calls Qt's own threads
    threads = [t for t in threading.enumerate() if t not in before and not isinstance(t, dummies) and t.is_alive()]
    assert not threads, f"threads were left running: {threads}"
    assert not multiprocessing.active_children(), "child processes were left running"
    assert not running_timers(), f"timers were left running: {running_timers()}"
    windows = [w for w in QApplication.topLevelWidgets() if w.isVisible() or isinstance(w, MainWindow)]
    assert not windows, f"windows were left: {windows}"


def running_timers() -> list[QTimer]:
    """Timers that go on."""
    timers = [one for one in gc.get_objects() if type(one) is QTimer and shiboken6.isValid(one)]
    return [timer for timer in timers if timer.isActive()]


class Opened:
    """A window on the screen with its session."""

    def __init__(self, qtbot: QtBot) -> None:
        make_application()
        theme.appearance().choose(ThemeChoice.DARK, remember=False)
        self.session = Session()
        self.window = MainWindow(self.session, build_ahead=False)
        self._qtbot = qtbot
        with qtbot.waitExposed(self.window):
            self.window.show()

    def page(self, station: str) -> Any:
        """The page of a station, brought into view."""
        self.window.show_place(station)
        return self.window.page

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait for what a thread computes."""
        self._qtbot.waitUntil(holds)

    def messages(self) -> list[str]:
        """What the page in view says."""
        return [message.text for message in self.window.page.messages.messages()]

    def close(self) -> None:
        """Close the window as a user does, and forget it."""
        self.window.close()
        self.window.deleteLater()
        self.session.deleteLater()


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Opened]:
    """The window without a project."""
    one = Opened(qtbot)
    yield one
    one.close()


@pytest.fixture
def shoulder(samples: Path, tmp_path: Path) -> Path:
    """A copy of the sample of shoulder exercises."""
    return copy_sample(samples / "shoulder_exercises", tmp_path / "shoulder_exercises")


@pytest.fixture(scope="session")
def int8_model(files: ModuleType) -> bytes:
    """A convolutional int8 model for windows of the shoulder exercises: 150 rows of 6 channels, 7 classes."""
    scale = (0.05,)
    tensors = [
        files.T((1, 1, ROWS, 6), scales=scale),
        files.T((16, 1, 5, 6), scales=(0.01,) * 16, constant=True),
        files.T((16,), "int32", scales=(0.0005,) * 16, constant=True),
        files.T((1, 1, ROWS, 16), scales=scale),
        files.T((1, 1, ROWS // 2, 16), scales=scale),
        files.T((CLASSES, ROWS // 2 * 16), scales=(0.01,), constant=True),
        files.T((CLASSES,), "int32", scales=(0.0005,), constant=True),
        files.T((1, CLASSES), scales=scale),
        files.T((1, CLASSES), scales=(1 / 256,), zero_point=-128),
    ]
    pool = {"StrideW": 2, "StrideH": 1, "FilterWidth": 2, "FilterHeight": 1, "Padding": 1}
    operators = [
        files.Op("CONV_2D", [0, 1, 2], [3], "Conv2DOptions", {"StrideW": 1, "StrideH": 1, "Padding": 0}),
        files.Op("MAX_POOL_2D", [3], [4], "Pool2DOptions", pool),
        files.Op("FULLY_CONNECTED", [4, 5, 6], [7], "FullyConnectedOptions"),
        files.Op("SOFTMAX", [7], [8], "SoftmaxOptions", {"Beta": 1.0}),
    ]
    model: bytes = files.build(files.G(tensors, operators, [0], [8]))
    return model


@pytest.fixture
def add_variant(int8_model: bytes) -> Callable[..., int]:
    """Give a project a run with a variant, as training and compressing would; returns the variant's id."""

    def add(folder: Path, **changes: Any) -> int:
        with Project.open(folder) as project, project.step("Train"):
            classes = tuple(sorted(project.recording_labels()))
            judged = evaluation.to_json(_judged(classes, [recording.id for recording in project.recordings()]))
            parameters = FeatureParameters(
                settings=FeatureSettings(),
                rate_hz=50.0,
                channels=CHANNELS,
                input_shape=(ROWS, 6),
                stride_rows=75,
                output_shape=(ROWS, 6),
                mean=(0.0,) * 6,
                std=(1.0,) * 6,
            )
            run = project.add_run(
                title="convolutional, raw features",
                task="classification",
                classes=classes,
                target_unit="",
                settings={},
                input_shape=(1, ROWS, 6),
                parameters=9000,
                split={"by": "subject", "train": 1815, "validation": 552, "test": 679, "groups": {}},
                features=feature_parameters.to_json(parameters),
                history={"loss": [1.0, 0.5], "val_loss": [1.1, 0.7]},
                evaluation=judged,
                model=b"keras",
            )
            known: dict[str, Any] = {
                "name": "int8",
                "recipe": {"sparsity": 0.0, "quantization": "int8", "fine_tune_epochs": 0},
                "model": int8_model,
                "quantization": "int8",
                "sparsity": 0.0,
                "evaluation": judged,
                "runs_on_boards": True,
            }
            variant = project.add_variant(run, **(known | changes))
            project.set_current_variant(variant)
        return variant

    return add


def _judged(classes: tuple[str, ...], recordings: list[int]) -> evaluation.Evaluation:
    import numpy as np

    count = 140
    true = np.arange(count) % len(classes)
    scores = np.eye(len(classes))[np.where(np.arange(count) % 10 == 0, (true + 1) % len(classes), true)]
    return evaluation.evaluate_classification(
        true,
        scores.astype(np.float32),
        classes,
        recordings=np.resize(np.array(recordings), count),
        starts=np.full(count, ROWS // 2),
        window_rows=ROWS,
    )


@pytest.fixture
def trained(shoulder: Path, add_variant: Callable[..., int]) -> Path:
    """The shoulder exercises with an int8 variant."""
    add_variant(shoulder)
    return shoulder
