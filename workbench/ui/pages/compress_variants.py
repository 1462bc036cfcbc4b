"""The variants of one training: seen against the board, pinned, named, deleted and chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.operations.choose_variant import choose_variant
from workbench.operations.fit_figures import FitFigures, compute_figures, fit_inputs, unjudged
from workbench.operations.report import write_report
from workbench.operations.sliders import Tried
from workbench.operations.variants import delete_variants, pin_variant, rename_variant
from workbench.project.model import Run, Variant
from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.background import Background
from workbench.ui.job_bridge import plain_error
from workbench.ui.pages.compare_view import CompareView
from workbench.ui.pages.page import EmptyState
from workbench.ui.pages.search_view import SearchView
from workbench.ui.pages.sensitivity_view import SensitivityView
from workbench.ui.pages.variant_figures import (
    COSTS,
    Cost,
    Row,
    columns,
    comparison,
    cost_scale,
    live_point,
    point,
    quality_scale,
)
from workbench.ui.session import Session
from workbench.ui.widgets.comparison_table import ComparisonTable
from workbench.ui.widgets.roles import panel, words
from workbench.ui.widgets.row_table import RowTable
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.tradeoff_view import TradeoffView

_REDRAW_MS = 40


class VariantsView(QWidget):
    """Chart, comparison and table of the variants; two of them side by side."""

    failed = Signal(object)  # a WorkbenchError: figures that cannot be computed

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run: Run | None = None
        self.variants: Sequence[Variant] = ()
        self._others: Sequence[Variant] = ()  # of other trainings for the same classes: seen, too
        self._figures: dict[tuple[int, str], FitFigures] = {}
        self._hovered: int | None = None
        self._live: Tried | None = None  # what the sliders show, no variant yet
        self._live_is_stale = False
        self._build()
        self._connect()

    # --- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self.costs = Segmented([cost.title for cost in COSTS], tip="The axis across")
        self.costs.choose(0)
        self.upwards = QComboBox()
        self.upwards.addItems(["Quality", *(cost.title for cost in COSTS)])
        self.upwards.setAccessibleName("The axis upwards")
        self.upwards.setToolTip("The axis upwards")
        self.tradeoff = TradeoffView()
        self.absent = words("", "muted")
        self.compared = ComparisonTable()
        self.table = RowTable(columns(self._rename), key=lambda row: row.variant.id, strong=lambda r: r.variant.current)
        self.table.setAccessibleName("Variants")
        self.pin_button = QPushButton("Pin")
        self.delete_button = QPushButton("Delete")
        self.report_button = QPushButton("Report…")
        self.report_button.setToolTip("Write all of it into one HTML file")
        self.unjudged = EmptyState("", "")
        self.compare = CompareView()
        self.search = SearchView(self._session)
        self.sensitivity = SensitivityView(self._session)
        self.views = Segmented(
            ["Trade-off", "Compare", "Sensitivity", "Search"],
            tip="All variants, two of them side by side, which layers suffer, or the search for better models",
        )
        self.views.choose(0)
        self.screens = QStackedWidget()
        self.overview = self._all_variants()
        self.screens.addWidget(self.overview)
        self.screens.addWidget(self.compare)
        self.screens.addWidget(self.sensitivity)
        self.screens.addWidget(self.search)
        self.head = QHBoxLayout()  # the page adds what else stands beside the switch
        self.head.setSpacing(theme.GRID)
        self.head.addWidget(self.views)
        self.head.addStretch(1)
        self._for_listed = (self.pin_button, self.delete_button, self.report_button)
        for button in self._for_listed:
            self.head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addLayout(self.head)
        column.addWidget(self.screens, 1)
        self._computing = Background(self)
        self._redraw = QTimer(self)  # once for all figures that have come meanwhile
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(_REDRAW_MS)
        self._redraw.timeout.connect(self._draw)

    def _all_variants(self) -> QWidget:
        chart = QWidget()
        column = QVBoxLayout(chart)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        axes = QHBoxLayout()
        axes.setSpacing(theme.GRID)
        axes.addWidget(self.upwards)
        axes.addWidget(words("against", "muted"))
        axes.addWidget(self.costs)
        axes.addStretch(1)
        column.addLayout(axes)
        column.addWidget(self.tradeoff, 1)
        column.addWidget(self.unjudged, 1)
        column.addWidget(self.absent)
        top = QSplitter(Qt.Orientation.Horizontal)
        top.addWidget(panel("Quality against cost", chart))
        top.addWidget(panel("Figures", self.compared, QWidget()))
        top.setSizes([540, 280])
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(top)
        both.addWidget(self.table)
        both.setSizes([400, 240])
        for splitter in (top, both):
            splitter.setHandleWidth(theme.GRID)
            splitter.setChildrenCollapsible(False)
        return both

    def _connect(self) -> None:
        self._session.closed.connect(self._computing.forget)
        self.search.failed.connect(self.failed)
        self.sensitivity.failed.connect(self.failed)
        self.search.taken.connect(lambda: self.show_screen(self.overview))
        self.compare.window_chosen.connect(self._session.window_wanted)
        self.costs.chosen.connect(lambda _place: self._draw())
        self.upwards.currentIndexChanged.connect(lambda _place: self._draw())
        self.views.chosen.connect(self.screens.setCurrentIndex)
        self.screens.currentChanged.connect(self._show_for_listed)
        self.pin_button.clicked.connect(self.pin)
        self.delete_button.clicked.connect(lambda: self.delete([self.table.current()]))
        self.report_button.clicked.connect(self._save_report)
        self.table.removal_asked.connect(self.delete)
        self.table.selection_settled.connect(self._show_buttons)
        self.tradeoff.chosen.connect(self._choose)
        self.tradeoff.hovered.connect(self._hover)
        self.table.clicked.connect(lambda _index: self._choose(self.table.current()))
        self.table.opened.connect(self._choose)

    # --- showing -----------------------------------------------------------------------------------

    def show_variants(self, run: Run | None, variants: Sequence[Variant]) -> None:
        """Show the variants of a run, or (None) of a model that came without data to judge it by."""
        self._run, self.variants = run, variants
        self._others = self._of_other_runs()
        self._hovered = None
        self._compute_missing()
        self._draw()
        self.sensitivity.show_run(run)
        self.search.show_search()

    def _of_other_runs(self) -> list[Variant]:
        project, run = self._session.project, self._run
        if project is None or run is None:
            return []
        like = {one.id for one in project.runs() if one.id != run.id and _question(one) == _question(run)}
        return [one for one in project.variants() if one.run_id in like]

    def _show_for_listed(self, _place: int) -> None:
        """What is done with the variant chosen in the table has its place beside the table only."""
        for button in self._for_listed:
            button.setVisible(self.screens.currentWidget() is self.overview)

    def forget_figures(self) -> None:
        """Compute everything anew the next time: what the figures depend on has changed."""
        self._figures = {}

    def leave(self) -> None:
        """The window is closing."""
        self._redraw.stop()
        self._computing.stop()
        self.search.leave()

    @property
    def base(self) -> Variant | None:
        """The run's first variant: the model as it was trained."""
        return next((one for one in self.variants if one.quantization == "float32"), None)

    @property
    def current(self) -> Variant | None:
        """The variant that the fit bar shows and export writes."""
        return next((one for one in self.variants if one.current), None)

    @property
    def _is_unjudged(self) -> bool:
        """Whether these are variants of a given model, and nobody knows how good any of them is."""
        return self._run is None and not any(one.evaluation for one in self.variants)

    def figures_of(self, variant: Variant) -> FitFigures | None:
        """A variant's figures on the chosen board; None while they are computed."""
        return self._figures.get((variant.id, self._session.board.id))

    def _compute_missing(self) -> None:
        """Ask for the figures that are not known yet; each is drawn when it comes."""
        project = self._session.project
        self._computing.forget()
        if project is None:
            return
        board = self._session.board
        for variant in (*self.variants, *self._others):
            if self.figures_of(variant) is None:
                take = partial(self._take_figures, (variant.id, board.id))
                inputs = fit_inputs(project, variant, board)
                self._computing.ask(compute_figures, inputs, then=take, failed=self._no_figures)

    def _take_figures(self, place: tuple[int, str], figures: FitFigures) -> None:
        self._figures[place] = figures
        self._redraw.start()

    def _no_figures(self, error: Exception) -> None:
        self._computing.forget()
        self.failed.emit(plain_error(error))

    def is_settled(self) -> bool:
        """Whether the figures of all variants are known, and drawn."""
        return all(self.figures_of(one) is not None for one in self.variants) and not self._redraw.isActive()

    def _draw(self) -> None:
        across, upwards = COSTS[self.costs.current], self._upward_cost()
        rows = [Row(variant, self.figures_of(variant), self.base) for variant in self.variants]
        self.table.set_rows(rows)
        current = self.current
        self.table.choose(current.id if current is not None else None)
        found = [(row, point(row, across, upwards)) for row in rows]
        board = self._session.board.name
        others = [Row(variant, self.figures_of(variant), None) for variant in self._others]
        faint = [replace(drawn, faint=True) for row in others if (drawn := point(row, across, upwards)) is not None]
        self.tradeoff.show_points(
            [*faint, *(drawn for _, drawn in found if drawn is not None)],
            cost_scale(across, rows, board),
            quality_scale(self._run) if upwards is None else cost_scale(upwards, rows, board),
        )
        self._mark_live()
        self._show_whether_judged()
        left_out = _left_out([row.variant for row, drawn in found if drawn is None and row.figures is not None])
        self.absent.setText(left_out)
        self.absent.setVisible(bool(left_out) and not self._is_unjudged)
        self._compare()
        self._show_buttons()
        project = self._session.project
        recordings = {one.id: one for one in project.recordings()} if project is not None else {}
        self.compare.show_rows([*rows, *others], self.base, current, recordings)

    def show_live(self, tried: Tried | None, *, stale: bool) -> None:
        """Mark on the chart where the sliders are."""
        self._live, self._live_is_stale = tried, stale
        self._mark_live()

    def _mark_live(self) -> None:
        across, upwards = COSTS[self.costs.current], self._upward_cost()
        found = live_point(self._live, across, upwards) if self._live is not None else None
        self.tradeoff.show_live(found, stale=self._live_is_stale)

    def _upward_cost(self) -> Cost | None:
        """None for quality, which stands first."""
        place = self.upwards.currentIndex()
        return COSTS[place - 1] if place > 0 else None

    def _show_whether_judged(self) -> None:
        """A chart of quality, or why there is none."""
        for widget in (self.costs, self.upwards, self.tradeoff):
            widget.setVisible(not self._is_unjudged)
        self.unjudged.setVisible(self._is_unjudged)
        if self._is_unjudged:
            why = unjudged(self.current) if self.current is not None else ""
            self.unjudged.set_words(
                "How good it is, nobody knows", f"{why} What each variant takes on the board stands below."
            )

    def _compare(self) -> None:
        base, current = self.base, self.current
        hovered = next((one for one in (*self.variants, *self._others) if one.id == self._hovered), None)
        shown = [one for one in (base, current, hovered) if one is not None]
        unique = list({one.id: one for one in shown}.values())
        rows = [Row(variant, self.figures_of(variant), base) for variant in unique]
        self.compared.show_rows(*comparison(rows, base, current))

    # --- choosing ----------------------------------------------------------------------------------

    def _choose(self, variant_id: Any) -> None:
        current = self.current
        if isinstance(variant_id, int) and (current is None or current.id != variant_id):
            self._session.perform(choose_variant, variant_id)

    def _hover(self, variant_id: int | None) -> None:
        self._hovered = variant_id
        self._compare()

    def page_actions(self) -> Sequence[Action]:
        """What can be done here, for the palette and the menus."""
        return (
            Action(
                "compress.pin",
                "Pin variant",
                "Mark the variant chosen in the table, or unmark it",
                self.pin,
                enabled=self.pin_button.isEnabled,
            ),
            Action(
                "compress.report",
                "Write report…",
                "All variants in one HTML file",
                self._save_report,
                enabled=self.report_button.isEnabled,
            ),
            Action(
                "compress.search",
                "Search for better models",
                "Start, pause or resume the search for the best model that fits",
                self._search,
                enabled=self.search.start_button.isEnabled,
            ),
        )

    def _search(self) -> None:
        self.show_screen(self.search)
        self.search.start_or_pause()

    def show_screen(self, screen: QWidget) -> None:
        """Bring one of the screens into view."""
        place = self.screens.indexOf(screen)
        self.views.choose(place)
        self.screens.setCurrentIndex(place)

    # --- pinning, naming, deleting -----------------------------------------------------------------

    def _chosen(self) -> Variant | None:
        """The variant whose row is chosen in the table."""
        return next((one for one in self.variants if one.id == self.table.current()), None)

    def _show_buttons(self) -> None:
        chosen = self._chosen()
        for button in (self.pin_button, self.delete_button):
            button.setEnabled(chosen is not None)
        self.pin_button.setText("Unpin" if chosen is not None and chosen.pinned else "Pin")
        name = "" if chosen is None else f" “{chosen.name}”"
        self.pin_button.setToolTip(f"Mark{name} in the picture, with its name")
        self.delete_button.setToolTip(f"Delete{name} (Del); Ctrl+Z brings it back")
        self.report_button.setEnabled(bool(self.variants))

    def pin(self) -> None:
        """Mark the chosen variant, or unmark it."""
        chosen = self._chosen()
        if chosen is not None:
            self._session.perform(pin_variant, chosen.id, pinned=not chosen.pinned)

    def delete(self, keys: Sequence[Any]) -> None:
        """Delete variants by their ids."""
        ids = [key for key in keys if isinstance(key, int)]
        if ids:
            self._session.perform(delete_variants, ids)

    def _rename(self, row: Row, name: str) -> None:
        self._session.perform(rename_variant, row.variant.id, name)

    def _save_report(self) -> None:
        project = self._session.project
        if project is None:
            return
        start = str(Path.home() / f"{project.folder.name}.html")
        chosen, _ = QFileDialog.getSaveFileName(self, "Write the report as", start, "HTML (*.html)")
        if chosen and self._session.perform(write_report, Path(chosen), self._session.board.id) is not None:
            self._session.told.emit("good", f"The report is in {chosen}.")


def _question(run: Run) -> tuple[str, tuple[str, ...], str]:
    """What a training answers: only answers to the same question can be compared."""
    return run.task, run.classes, run.target_unit


def _left_out(variants: Sequence[Variant]) -> str:
    """Which variants the chart has no point for, and why."""
    elsewhere = [one.name for one in variants if not one.runs_on_boards]
    refused = [one.name for one in variants if one.runs_on_boards]
    words = [f"{', '.join(elsewhere)} (runs on: phone, CPU)"] if elsewhere else []
    words += [f"{', '.join(refused)} (not with the engine chosen on the Memory page)"] if refused else []
    return f"Not on this chart: {', '.join(words)}." if words else ""
