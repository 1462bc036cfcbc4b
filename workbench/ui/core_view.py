"""What a variant does on the board's core: proven byte for byte, counted step by step, beside other engines."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from workbench.figures import Figure
from workbench.operations.core_facts import CoreFacts, StepFacts
from workbench.operations.side_by_side import EngineRow, Published
from workbench.quantities import NOTHING, band, exact_bytes, figure, percent, quantity
from workbench.target.verify import Verification
from workbench.ui import theme
from workbench.ui.widgets.comparison_table import ComparisonRow, ComparisonTable
from workbench.ui.widgets.roles import give_role, titled, words
from workbench.ui.widgets.row_table import Column, RowTable

_STEPS_IN_SIGHT = 10  # at the least, where there are as many; a low window scrolls
_NOT_YET = (
    "Nobody has run this variant as plain C for this core yet. Verify compiles it, runs it on an emulated core on "
    "windows of the test split, or on random bytes where there is none, and compares every byte with TensorFlow Lite "
    "Micro."
)


class CoreView(QWidget):
    """The outcome in words with the verify button, steps with what they take, engines side by side."""

    verify_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.outcome = words(_NOT_YET)
        self.outcome.setWordWrap(True)
        self.details = words("", "muted")
        self.details.setWordWrap(True)
        self.verify = QPushButton("Verify")
        self.verify.setToolTip("Compile as plain C, run on an emulated core, compare every byte")
        self.verify.clicked.connect(self.verify_wanted)
        self.steps = RowTable(_COLUMNS, key=lambda row: (row.operator, row.name))
        self.steps.setAccessibleName("Steps of an invocation")
        self.engines = ComparisonTable()
        self.engines.setAccessibleName("Engines side by side")
        self.saving = words("", "muted")
        self.saving.setWordWrap(True)
        self._steps = titled("Steps of an invocation", self.steps)
        self._lay_out()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, theme.GRID, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.details)
        column.addWidget(self._steps, 1)
        column.addWidget(titled("Engines side by side", self.engines, self.saving, stretch=False))
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.GRID)
        top = QHBoxLayout()
        top.addWidget(self.outcome, 1)
        top.addWidget(self.verify)
        whole.addLayout(top)
        whole.addWidget(scroll, 1)

    def show_facts(self, facts: CoreFacts) -> None:
        """Show what is known."""
        found = facts.verification
        self.outcome.setText(_NOT_YET if found is None else found.in_words)
        give_role(self.outcome, "" if found is None or found.bit_exact is None else _role(found))
        self.details.setText("" if found is None else _details(found))
        self.details.setToolTip("" if found is None else f"Cycles: {found.cycles_source}")
        self.details.setVisible(found is not None)
        self.verify.setText("Verify" if found is None else "Verify again")
        self._steps.setVisible(found is not None)
        self.steps.set_rows(facts.steps)
        self._keep_in_sight(min(len(facts.steps), _STEPS_IN_SIGHT))
        self.engines.show_rows(*_engine_rows(facts))
        said = (_saving(facts.engines), _features_words(facts.features), _published_words(facts.published))
        self.saving.setText(" ".join(filter(None, said)))

    def _keep_in_sight(self, rows: int) -> None:
        """Give the steps room for this many rows."""
        head = self.steps.horizontalHeader().sizeHint().height()
        frame = 2 * self.steps.frameWidth()
        self.steps.setMinimumHeight(head + rows * self.steps.verticalHeader().defaultSectionSize() + frame)


def _role(found: Verification) -> str:
    return "good" if found.bit_exact else "bad"


def _details(found: Verification) -> str:
    flash, ram = found.flash, found.ram
    note = f" Estimated: {found.note}." if found.note else ""
    return (
        f"{found.instructions:,} instructions (emulated), {found.cycles:,.0f} cycles (estimated from them, "
        f"{found.cycles_low:,.0f} to {found.cycles_high:,.0f}); flash {exact_bytes(flash.total)} with "
        f"{exact_bytes(flash.code)} of code, arena {exact_bytes(ram.arena)}, stack {exact_bytes(ram.stack)}, compiled "
        f"by {found.compiler} for {found.option}.{note}"
    )


def _engine_rows(facts: CoreFacts) -> tuple[tuple[str, ...], list[ComparisonRow]]:
    """A row an engine, with how its figures are known; where others published times, all at their clock as well."""
    heads = ["Flash", "RAM", "Time", "Energy"]
    published, board = facts.published, facts.board
    same_core = published is not None and board.core.name == published.core.lower()
    if published is not None:
        heads.append(f"at {published.clock_hz / 1e6:g} MHz")
    rows = []
    for row in facts.engines:
        sources = dict.fromkeys(str(one.source) for one in (row.flash, row.latency) if one.source is not None)
        values = [figure(one) for one in (row.flash, row.ram, row.latency, row.energy)]
        if published is not None:
            known = row.latency.value if same_core else None
            scaled = None if known is None else known * board.core.clock_hz / published.clock_hz
            values.append(quantity(scaled, "s"))
        rows.append(ComparisonRow(f"{row.title} ({', '.join(sources) or 'not known'})", tuple(values)))
    if published is not None:
        blank = (NOTHING,) * 4
        for name, seconds in published.seconds.items():
            rows.append(ComparisonRow(f"{name} (published)", (*blank, quantity(seconds, "s"))))
    return tuple(heads), rows


def _features_words(features: Figure | None) -> str:
    """What of each time above computes features, in a sentence."""
    if features is None:
        return "Times and energies are the inference's alone."
    if features.value is None:
        return f"Times and energies are not known: {features.note}."
    several = len(features.parts) > 1
    named = (part.name + (f" {quantity(part.value, 's')}" if several else "") for part in features.parts)
    parts = " and ".join(named)
    return f"Times and energies include features: {figure(features)} ({features.source}, {band(features)}), {parts}."


def _published_words(published: Published | None) -> str:
    if published is None:
        return ""
    ram = "".join(f" {name}: {quantity(size, 'B')} of RAM." for name, size in published.ram.items())
    return f"{published.title}: {published.words}.{ram}"


def _saving(engines: tuple[EngineRow, ...]) -> str:
    """What plain C saves against the last of the other engines, in a sentence; empty where one of them is unknown."""
    plain, *others = engines
    if not others:
        return ""
    other = others[-1]
    parts = []
    for what, name in (("flash", "flash"), ("RAM", "ram"), ("time", "latency"), ("energy", "energy")):
        ours, theirs = getattr(plain, name).value, getattr(other, name).value
        if ours is None or not theirs:
            return ""
        share = 1 - ours / theirs
        parts.append(f"{percent(abs(share))} {'less' if share >= 0 else 'more'} {what}")
    return f"Plain C against {other.title}: {', '.join(parts)}."


def _number(row: StepFacts) -> str:
    return NOTHING if row.operator is None else str(row.operator)


_COLUMNS = (
    Column("#", _number, lambda row: -1 if row.operator is None else row.operator, numeric=True),
    Column("Step", lambda row: row.name, stretch=True),
    Column("Instructions", lambda row: f"{row.instructions:,}", lambda row: row.instructions, numeric=True),
    Column("Cycles", lambda row: f"{row.cycles:,.0f}", lambda row: row.cycles, numeric=True),
    Column("Time", lambda row: quantity(row.seconds, "s"), lambda row: row.seconds, numeric=True),
    Column("Energy", lambda row: quantity(row.joules, "J"), lambda row: row.joules, numeric=True),
    Column("Share", lambda row: percent(row.share), lambda row: row.share, numeric=True),
    Column("Weights", lambda row: exact_bytes(row.weights_bytes), lambda row: row.weights_bytes, numeric=True),
)
