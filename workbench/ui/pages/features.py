"""Features: cut recordings into windows, choose what the model sees of them, and split honestly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.dataset.settings import SplitSettings, TargetSettings, WindowSettings
from workbench.errors import WorkbenchError
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings
from workbench.operations.outcome import Topic
from workbench.operations.preview import FeaturePreview, WindowPreview, preview_features
from workbench.operations.settings import change_settings
from workbench.project.model import Recording
from workbench.quantities import exact_bytes
from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.job_bridge import JobView
from workbench.ui.pages.page import EmptyState, Page
from workbench.ui.session import Session
from workbench.ui.widgets.array_picture import ArrayPicture, Drawing, Pixels, Table, Traces, shape_in_words
from workbench.ui.widgets.picture_grid import to_image
from workbench.ui.widgets.plot_arithmetic import duration, time_unit
from workbench.ui.widgets.roles import panel, words
from workbench.ui.widgets.settings_form import SettingsForm
from workbench.ui.widgets.split_view import PartCounts, SplitView, statement

_PAUSE_MS = 250  # after the last change of a setting, before windows are counted anew
_FORMS = (
    (WindowSettings, "Windows"),
    (FeatureSettings, "Features"),
    (TargetSettings, "Target"),
    (SplitSettings, "Split"),
)


class FeaturesPage(Page):
    """The chain from a window to what the model gets, and the split below it."""

    id: ClassVar[str] = "features"
    title: ClassVar[str] = "Features"
    help_text: ClassVar[str] = (
        "A window is the piece of a recording that the model sees at a time. The chain shows one window, what the "
        "feature block makes of it, and the normalised values that the model gets; the board computes exactly the "
        "same.\n\n"
        "The split decides what a reported accuracy is worth. Windows of one recording overlap, and recordings of "
        "one person resemble each other, so whole groups go to one part: split by subject to know how the model "
        "does on people it has never met.\n\n"
        "Training windows teach the model, validation windows compare models, test windows are looked at once, for "
        "the final report on the Compress page."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._recordings: dict[int, Recording] = {}
        self._preview: WindowPreview | None = None
        self._counting: JobView | None = None
        self._build()
        self._connect()

    # --- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self.recording = QComboBox()
        self.recording.setMinimumWidth(280)
        self.recording.setAccessibleName("Recording to look at")
        self.back = _arrow("◀", "Previous recording")
        self.forward = _arrow("▶", "Next recording")
        self.position = QSlider(Qt.Orientation.Horizontal)
        self.position.setAccessibleName("Where the window lies")
        self.place = words("", "muted")
        self.place.setMinimumWidth(120)
        self.window_picture = ArrayPicture("Window")
        self.feature_picture = ArrayPicture("Features")
        self.normal_picture = ArrayPicture("Normalised features")
        self.captions = [words("", "muted") for _ in range(3)]
        self.statement = words("")
        self.statement.setWordWrap(True)
        self.counted = words("", "muted")
        self.split = SplitView()
        self.forms = {cls: SettingsForm(cls(), offered=_offered(cls), words=_WORDS) for cls, _ in _FORMS}
        self.whole_picture = words("A picture is one window.", "muted")
        for cls, title in _FORMS:
            self.add_settings(self.forms[cls], title)
            if cls is WindowSettings:
                self.add_settings(self.whole_picture)
        for name in ("length_s", "stride_s"):
            spin = self.forms[WindowSettings].editor(name)
            assert isinstance(spin, QDoubleSpinBox)  # noqa: S101  # what the form makes of a number
            spin.setSpecialValueText("auto")  # what 0 means
        self.empty = EmptyState(
            "No windows without recordings",
            "Record something on the Capture page, or import files; then choose here how they become windows.",
            ("Go to Capture", lambda: self.trigger("station.capture")),
        )
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self._lay_out())
        self.content.addWidget(self.pages)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._count)

    def _lay_out(self) -> QWidget:
        picker = QHBoxLayout()
        picker.setSpacing(theme.GRID)
        for widget in (self.back, self.recording, self.forward):
            picker.addWidget(widget)
        picker.addSpacing(theme.GRID)
        picker.addWidget(self.position, 1)
        picker.addWidget(self.place)
        chain = QHBoxLayout()
        chain.setSpacing(4)
        steps = (
            ("Window", self.window_picture),
            ("Feature block", self.feature_picture),
            ("What the model gets", self.normal_picture),
        )
        for index, (title, picture) in enumerate(steps):
            if index:
                arrow = QLabel("→")
                arrow.setProperty("role", "muted")
                chain.addWidget(arrow)
            chain.addWidget(panel(title, self.captions[index], picture), 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addLayout(picker)
        column.addLayout(chain, 1)
        column.addWidget(panel("Split", self.statement, self.split, self.counted, stretch=False))
        return whole

    def _connect(self) -> None:
        for form in self.forms.values():
            form.changed.connect(lambda value: self.session.perform(change_settings, value))
        self.recording.currentIndexChanged.connect(lambda _index: self._recording_changed())
        self.position.valueChanged.connect(lambda _row: self._draw_window())
        self.back.clicked.connect(lambda: self._step(-1))
        self.forward.clicked.connect(lambda: self._step(1))

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("features.next", "Next recording", "Look at a window of the next one", self._forward, "Ctrl+Down"),
            Action("features.back", "Previous recording", "Look at the one before", self._backward, "Ctrl+Up"),
        )

    # --- showing -----------------------------------------------------------------------------------

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        project = self.session.project
        if project is None:
            return
        if changed is None or Topic.RECORDINGS in changed:
            self.empty.suit(project)
            self._show_recordings(project.recordings())
        if changed is None or changed & {Topic.RECORDINGS, Topic.SEGMENTS, Topic.SETTINGS}:
            self._show_settings()
            self._draw_window()
            self._plan_count()

    def board_changed(self) -> None:
        """Nothing here depends on the board."""

    def leave(self) -> None:
        self._pause.stop()

    def _show_recordings(self, recordings: Sequence[Recording]) -> None:
        kept = self.recording.currentData()
        self._recordings = {recording.id: recording for recording in recordings}
        self.pages.setCurrentIndex(1 if recordings else 0)
        self.recording.blockSignals(True)
        self.recording.clear()
        for recording in recordings:
            self.recording.addItem(recording.name, recording.id)
        self.recording.setCurrentIndex(max(0, self.recording.findData(kept)))
        self.recording.blockSignals(False)
        self._recording_changed()

    def _show_settings(self) -> None:
        project = self.session.project
        if project is None:
            return
        recordings = self._recordings.values()
        keys = sorted({key for recording in recordings for key in recording.metadata})
        channels = list(dict.fromkeys(channel.name for recording in recordings for channel in recording.channels))
        for cls, form in self.forms.items():
            form.set_value(project.settings(cls))
        self.forms[SplitSettings].set_choices("by", ["recording", *keys])
        self.forms[TargetSettings].set_choices("channel", ["", *channels], {"": "none"})
        target: TargetSettings = self.forms[TargetSettings].value
        by_channel = target.source == "channel"
        regression = target.task == "regression"
        for name, visible in (
            ("source", regression),
            ("channel", regression and by_channel),
            ("horizon_rows", regression and by_channel),
            ("unit", regression),
        ):
            self.forms[TargetSettings].set_row_visible(name, visible)
        block = self.forms[FeatureSettings].value.block
        self.forms[FeatureSettings].set_row_visible("spectrum_bins", block == "spectrum")
        pictures = any(recording.kind == "picture" for recording in recordings)
        self.forms[WindowSettings].setVisible(not pictures)
        self.whole_picture.setVisible(pictures)

    def _recording_changed(self) -> None:
        recording = self._recordings.get(self.recording.currentData())
        last = max(0, recording.rows - 1) if recording is not None else 0
        self.position.blockSignals(True)
        self.position.setRange(0, last)
        self.position.setPageStep(max(1, last // 20))
        self.position.setValue(0)
        self.position.setVisible(last > 0)
        self.position.blockSignals(False)
        self._draw_window()

    def _draw_window(self) -> None:
        project = self.session.project
        recording = self._recordings.get(self.recording.currentData())
        if project is None or recording is None:
            return
        try:
            preview = preview_features(project, recording.id, self.position.value()).value
        except WorkbenchError as error:
            for picture, caption in zip(self._pictures(), self.captions, strict=True):
                picture.show_drawing(None, str(error))
                caption.setText("")
            self.place.setText("")
            return
        rate = preview.rate_hz
        self.place.setText(f"from {duration(preview.start / rate)}" if rate else "")
        self.captions[0].setText(shape_in_words(preview.window.shape))
        self.window_picture.show_drawing(_window_drawing(preview))
        size = int(np.prod(preview.features.shape))
        settings: FeatureSettings = self.forms[FeatureSettings].value
        self.captions[1].setText(f"{settings.block}: {shape_in_words(preview.features.shape)}")
        self.feature_picture.show_drawing(_feature_drawing(preview, preview.features, settings))
        self.captions[2].setText(f"{exact_bytes(size)} as int8, {exact_bytes(4 * size)} as float32")
        self._draw_normalised(preview, settings)

    def _draw_normalised(self, preview: FeaturePreview, settings: FeatureSettings) -> None:
        known = self._preview.normalisation if self._preview is not None else None
        if known is None or known.settings != settings or known.output_shape != preview.features.shape:
            self.normal_picture.show_drawing(None, "Counting the training windows …")
            return
        normalised = _normalised(preview.features, known)
        self.normal_picture.show_drawing(_feature_drawing(preview, normalised, settings, normalised=True))

    def _pictures(self) -> tuple[ArrayPicture, ArrayPicture, ArrayPicture]:
        return self.window_picture, self.feature_picture, self.normal_picture

    # --- counting the windows ----------------------------------------------------------------------

    def _plan_count(self) -> None:
        self.split.dimmed = True
        self.split.update()
        self._pause.start()

    def _count(self) -> None:
        project = self.session.project
        if project is None or not self._recordings:
            return
        self._counting = self.session.start(
            "Count windows",
            "workbench.operations.preview:preview_windows_of",
            project.folder,
            on_done=self._counted,
            on_failed=self._not_counted,
            key="preview",
        )

    def _counted(self, preview: WindowPreview) -> None:
        self._preview = preview
        by = self.forms[SplitSettings].value.by
        parts = [PartCounts(name, part.windows, part.groups, part.per_class) for name, part in preview.parts.items()]
        self.statement.setText(statement(by, parts))
        self.split.show_parts(parts, preview.classes)
        told = f"{preview.windows:,} windows"
        if preview.window_s is not None and preview.stride_s is not None:
            told += f" of {duration(preview.window_s)}, one every {duration(preview.stride_s)}"
        self.counted.setText(f"{told}; columns: training · validation · test")
        self._draw_window()

    def _not_counted(self, error: WorkbenchError) -> None:
        self._preview = None
        self.statement.setText("These settings give no split.")
        self.counted.setText("")
        self.split.show_parts((), ())
        self.show_error(error)

    # --- moving ------------------------------------------------------------------------------------

    def _step(self, by: int) -> None:
        place = self.recording.currentIndex() + by
        if 0 <= place < self.recording.count():
            self.recording.setCurrentIndex(place)

    def _forward(self) -> None:
        self._step(1)

    def _backward(self) -> None:
        self._step(-1)


_WORDS = {"raw": "raw samples", "label": "the label", "channel": "a channel"}


def _offered(cls: type) -> tuple[str, ...]:
    return {SplitSettings: ("by",), TargetSettings: ("channel",)}.get(cls, ())


def _arrow(sign: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(sign)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button


def _window_drawing(preview: FeaturePreview) -> Drawing:
    if preview.window.ndim == 3:
        return Pixels(to_image(preview.window.astype(np.uint8)))
    return Traces(preview.window, preview.channels, preview.units, *_times(preview))


def _feature_drawing(
    preview: FeaturePreview, values: NDArray[np.float32], settings: FeatureSettings, *, normalised: bool = False
) -> Drawing:
    """What the block's output looks like; ``normalised`` values have no unit any more and share one scale."""
    if values.ndim == 3:
        low, high = float(values.min()), float(values.max())
        shades = (values - low) / ((high - low) or 1.0) * 255
        return Pixels(to_image(shades.astype(np.uint8)))
    if values.ndim == 1:
        channels = len(preview.channels)
        table = values.reshape(channels, -1)
        return Table(table, preview.channels, preview.names[: table.shape[1]])
    units = tuple("σ" for _ in preview.units) if normalised else preview.units
    if settings.block == "spectrum":
        return Traces(values, preview.channels, units, 0.0, (preview.rate_hz or 1.0) / 2, "Hz")
    return Traces(values, preview.channels, units, *_times(preview))


def _times(preview: FeaturePreview) -> tuple[float, float, str]:
    """Start and end of the window, and the unit that they read well in."""
    rate = preview.rate_hz or 1.0
    start, stop = preview.start / rate, (preview.start + len(preview.window)) / rate
    length, unit = time_unit(stop)
    return start / length, stop / length, unit


def _normalised(features: NDArray[np.float32], parameters: FeatureParameters) -> NDArray[np.float32]:
    pairs = len(parameters.mean)
    mean, std = np.asarray(parameters.mean, np.float32), np.asarray(parameters.std, np.float32)
    table = (features.reshape(-1, pairs) - mean) / std
    normal: NDArray[np.float32] = table.reshape(features.shape)
    return normal
