"""The search for the best model that fits the board: started, paused, watched, and taken from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QSplitter, QVBoxLayout, QWidget

from workbench.errors import WorkbenchError
from workbench.operations.search.record import Found, Trial, latest_search
from workbench.operations.search.search import quality_words
from workbench.operations.search.settings import SearchSettings
from workbench.operations.settings import change_settings
from workbench.quantities import duration, quantity
from workbench.ui import theme
from workbench.ui.job_bridge import JobView
from workbench.ui.session import Session
from workbench.ui.widgets.plot_arithmetic import number
from workbench.ui.widgets.roles import panel, words
from workbench.ui.widgets.row_table import Column, RowTable
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.settings_form import SettingsForm
from workbench.ui.widgets.tradeoff_view import Scale, TradeoffPoint, TradeoffView, format_colour

_REDRAW_MS = 100
_JOB = "workbench.operations.search.search:search"
_TAKE = "workbench.operations.search.take:take_trial"
_KB = 1024
# title, field of a trial, unit on the axis, how many of the field's units that is, unit in words
_COSTS = (
    ("Flash", "flash", "KB", _KB, "B"),
    ("RAM", "ram", "KB", _KB, "B"),
    ("Latency", "latency", "ms", 1e-3, "s"),
    ("Energy", "energy", "mJ", 1e-3, "J"),
)
_SHORT = {"stopped": "stopped early", "too large": "too large", "failed": "failed"}  # trials without figures
_NO_SEARCH = (
    "Trains and compresses one model after the other, learns which settings pay, and shows what each is worth on the "
    "board. The first is yours, as it is set now."
)


class SearchView(QWidget):
    """Trials as points while they come, the ones worth having in a table, and a button that takes one."""

    failed = Signal(object)  # a WorkbenchError
    taken = Signal()  # a trial is a variant now, and the current one

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: JobView | None = None
        self._found: Found | None = None
        self._stopped = False
        self._left_s: float | None = None
        self._running = 0
        self._build()
        self._connect()

    # --- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self.start_button = QPushButton("Start search")
        self.start_button.setProperty("role", "primary")
        self.stop_button = QPushButton("Stop")
        self.stop_button.setToolTip("End this search; the next one starts anew")
        self.take_button = QPushButton("Take it")
        self.state = words("", "muted")
        self.state.setWordWrap(True)
        self.form = SettingsForm(SearchSettings())
        self.costs = Segmented([title for title, *_ in _COSTS], tip="The axis across")
        self.costs.choose(0)
        self.picture = TradeoffView()
        self.picture.setAccessibleName("Trials: quality against cost")
        self.table = RowTable(self._columns(), key=lambda trial: trial.number, strong=self._is_best)
        self.table.setAccessibleName("Trials")
        self._redraw = QTimer(self)  # once for all trials that have come meanwhile
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(_REDRAW_MS)
        self._redraw.timeout.connect(self._draw)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        head.addWidget(self.start_button)
        head.addWidget(self.stop_button)
        head.addWidget(self.state, 1)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inner = QVBoxLayout(inside)
        inner.setContentsMargins(0, 0, theme.GRID, 0)
        inner.addWidget(self.form)
        inner.addStretch(1)
        scrolled.setWidget(inside)
        chart = QWidget()
        column = QVBoxLayout(chart)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.costs, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.picture, 1)
        top = QSplitter(Qt.Orientation.Horizontal)
        top.addWidget(panel("Trials", chart))
        top.addWidget(panel("What to vary, and how long", scrolled))
        top.setSizes([540, 300])
        below = QHBoxLayout()
        below.addWidget(self.take_button)
        below.addStretch(1)
        listed = QWidget()
        rows = QVBoxLayout(listed)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GRID)
        rows.addWidget(self.table, 1)
        rows.addLayout(below)
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(top)
        both.addWidget(listed)
        both.setSizes([400, 220])
        for splitter in (top, both):
            splitter.setHandleWidth(theme.GRID)
            splitter.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.GRID)
        whole.addLayout(head)
        whole.addWidget(both, 1)

    def _connect(self) -> None:
        self.start_button.clicked.connect(self.start_or_pause)
        self.stop_button.clicked.connect(self.stop)
        self.take_button.clicked.connect(self.take)
        self.form.changed.connect(lambda settings: self._session.perform(change_settings, settings))
        self.form.changed.connect(lambda _settings: self._show_state())
        self.costs.chosen.connect(lambda _place: self._draw())
        self.picture.chosen.connect(lambda trial: self.table.choose(trial, tell=True))
        self.table.opened.connect(lambda _trial: self.take())
        self.table.selection_settled.connect(self._show_take)

    def _columns(self) -> list[Column]:
        def cost(field: str, unit: str) -> Column:
            def known(trial: Trial) -> Any:
                return getattr(trial, field)

            return Column(
                field.upper() if field == "ram" else field.capitalize(),
                lambda trial: quantity(known(trial), unit),
                sort=lambda trial: float("inf") if known(trial) is None else known(trial),
                numeric=True,
            )

        return [
            Column("Trial", lambda trial: str(trial.number), sort=lambda trial: trial.number, numeric=True),
            Column("Quality", self._quality, sort=lambda trial: trial.quality or 0.0, numeric=True),
            *(cost(field, unit) for _, field, _, _, unit in _COSTS),
            Column("Better than yours in", self._better),
            Column(
                "Model",
                lambda trial: trial.name,
                tip=lambda trial: f"{trial.name}\n{trial.note}".strip(),
                chip=lambda trial: format_colour(_format(trial)),
                stretch=True,
            ),
        ]

    def _quality(self, trial: Trial) -> str:
        return quality_words(self._found, trial) if self._found is not None else ""

    def _better(self, trial: Trial) -> str:
        if self._found is None or trial.number == 0:
            return "yours" if trial.number == 0 else ""
        return ", ".join(self._found.better_in(trial)) or _SHORT.get(trial.state, "" if trial.fits else "does not fit")

    def _is_best(self, trial: Trial) -> bool:
        best = self._found.best if self._found is not None else None
        return best is not None and best.number == trial.number

    # --- showing -----------------------------------------------------------------------------------

    def show_search(self) -> None:
        """What was found for the project and the board so far; one that is running goes on telling."""
        project = self._session.project
        if project is None or self.is_running:
            return
        self.form.set_value(project.settings(SearchSettings))
        try:
            self._found = latest_search(project.folder, self._session.board.id)
        except WorkbenchError as error:
            self._found = None
            self.failed.emit(error)
        self._stopped = False
        self._draw()

    def leave(self) -> None:
        """The window is closing."""
        self._redraw.stop()

    @property
    def is_running(self) -> bool:
        """Whether models are being tried just now."""
        return self._job is not None and self._job.active

    @property
    def found(self) -> Found | None:
        """What is shown."""
        return self._found

    def _draw(self) -> None:
        found = self._found
        trials = found.trials if found is not None else ()
        title, field, unit, scale, _ = _COSTS[self.costs.current]
        points = [
            TradeoffPoint(
                trial.number,
                "yours" if trial.number == 0 else f"trial {trial.number}",
                getattr(trial, field) / scale,
                trial.quality,
                _format(trial),
                current=self._is_best(trial),
                pinned=trial.number == 0,
                faint=not trial.fits,
                tip=f"{trial.number}: {trial.name}\n{self._quality(trial)}",
            )
            for trial in trials
            if trial.quality is not None and getattr(trial, field) is not None
        ]
        self.picture.empty_text = "" if points else _NO_SEARCH
        board, known = self._session.board, self._session.figures
        same = found is None or found.board == board.id  # a search goes on for the board it was started for
        limit = getattr(known, field).limit if known is not None and same else None
        wall = "" if limit is None else f"{board.name}: {limit / scale:,.4g} {unit}"
        self.picture.show_points(
            points,
            Scale(f"{title}, {unit}", limit=None if limit is None else limit / scale, limit_text=wall),
            _quality_scale(found),
        )
        front = {trial.number for trial in found.front} if found is not None else set()
        self.table.set_rows(sorted(trials, key=lambda one: (one.number not in front, *_losses(found, one))))
        self._show_state()
        self._show_take()

    def _show_state(self) -> None:
        found, project = self._found, self._session.project
        left = self._left()
        self.start_button.setText(
            "Pause" if self.is_running else "Resume" if found is not None and left > 0 else "Start search"
        )
        if found is not None and left <= 0 and not self.is_running:
            self.start_button.setText("Start anew")
        self.start_button.setEnabled(project is not None)
        self.start_button.setToolTip("Stop trying for now; what was found stays" if self.is_running else _NO_SEARCH)
        self.stop_button.setEnabled(self.is_running or (found is not None and left > 0))
        self.form.setEnabled(not self.is_running)
        self.state.setText(self._in_words(left))

    def _left(self) -> float:
        """Seconds that the search may go on."""
        if self.is_running and self._left_s is not None:
            return self._left_s
        if self._found is None or self._stopped:
            return 0.0
        return max(0.0, float(self.form.value.minutes) * 60 - self._found.spent_s)

    def _in_words(self, left: float) -> str:
        found = self._found
        if found is None or not found.trials:
            return "Starting: reading recordings, loading TensorFlow…" if self.is_running else _NO_SEARCH
        states = [trial.state for trial in found.trials]
        counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
        best = found.best
        told = f"{len(states)} tried ({counts})"
        told += f", best {quality_words(found, best)}" if best is not None else ", nothing that fits yet"
        time = f"{duration(left)} left" if left > 0 else "time is over" if not self._stopped else "stopped"
        return f"{told}; {time}" + (f", {self._running} running." if self.is_running else ".")

    def _show_take(self) -> None:
        trial = self._chosen()
        self.take_button.setEnabled(trial is not None and trial.can_be_taken)
        if trial is None:
            self.take_button.setToolTip("Choose a trial first")
        elif not trial.can_be_taken:
            self.take_button.setToolTip(f"It was not judged: {trial.state}")
        else:
            self.take_button.setToolTip(
                f"Train trial {trial.number} for good, with most of the validation part to learn from as well, and "
                "make it the current variant"
            )

    def _chosen(self) -> Trial | None:
        wanted = self.table.current()
        trials: Sequence[Trial] = self._found.trials if self._found is not None else ()
        return next((trial for trial in trials if trial.number == wanted), None)

    # --- searching ---------------------------------------------------------------------------------

    def start_or_pause(self) -> None:
        """Start, go on, or pause."""
        project = self._session.project
        if project is None:
            return
        if self.is_running:
            self._end()
            return
        fresh = self._found is not None and self._left() <= 0
        settings = self.form.value
        self._session.perform(change_settings, settings)
        if fresh:
            self._found = None
        self._stopped, self._left_s, self._running = False, None, 0
        self._job = self._session.start(
            "Search",
            _JOB,
            project.folder,
            self._session.board.id,
            settings,
            fresh=fresh,
            starts_processes=True,
            on_report=self._take_report,
            on_done=self._done,
            on_failed=self._failed,
            key="search",
        )
        self._job.cancelled.connect(self._ended)
        self._draw()

    def stop(self) -> None:
        """End the search for good; the next start is a new one."""
        if self.is_running:
            self._end()
        self._stopped = True
        self._show_state()

    def _end(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _ended(self) -> None:
        """Paused: the record in the project's folder holds all trials that ended."""
        self._job = None
        self._draw()

    def _take_report(self, kind: str, values: dict[str, Any]) -> None:
        if kind == "clock":
            self._left_s, self._running = float(values["left_s"]), int(values["running"])
            self._show_state()
        elif kind == "found":
            self._found = values["found"]
            self._redraw.start()

    def _done(self, found: Found) -> None:
        self._job, self._found = None, found
        self._draw()

    def _failed(self, error: WorkbenchError) -> None:
        self._job = None
        self._draw()
        self.failed.emit(error)

    def take(self) -> None:
        """Make a run and a variant of the chosen trial."""
        project, trial, found = self._session.project, self._chosen(), self._found
        if project is None or trial is None or found is None or not self.take_button.isEnabled():
            return
        self.take_button.setEnabled(False)
        view = self._session.start(
            f"Take trial {trial.number}",
            _TAKE,
            project.folder,
            found.name,
            trial.number,
            on_done=lambda _variant: self.taken.emit(),
            on_failed=self.failed.emit,
            key="take",
        )
        for signal in (view.failed, view.cancelled, view.finished):
            signal.connect(lambda *_: self._show_take())


def _format(trial: Trial) -> str:
    return str(trial.candidate.get("recipe", {}).get("quantization", ""))


def _losses(found: Found | None, trial: Trial) -> tuple[float, ...]:
    return found.losses(trial) if found is not None else ()


def _quality_scale(found: Found | None) -> Scale:
    if found is None or found.task == "classification":
        return Scale(
            "validation accuracy", lambda share: f"{share * 100:.4g} %", higher_is_better=True, from_zero=False
        )
    return Scale(f"validation mean absolute error, {found.unit}", number, from_zero=False)
