"""What predictions take of a battery: a form for how the device is used, bars to scale, its life in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from workbench.figures import Figure
from workbench.operations.energy import in_words
from workbench.quantities import band, exact_bytes, figure, lifetime
from workbench.target.duty import Duty
from workbench.target.energy import EnergyReport
from workbench.target.radios import radio_costs
from workbench.ui import theme
from workbench.ui.widgets.energy_bars import EnergyBar, EnergyBars, EnergyPart
from workbench.ui.widgets.roles import give_role, titled, words
from workbench.ui.widgets.settings_form import SettingsForm

_FORM_WIDTH = 320  # px
_COLOURS = {
    "features": 3,
    "arithmetic": 0,
    "memory": 2,
    "sending the result": 1,
    "sending the raw data": 5,
    "prediction": 0,
}
_ASLEEP = "asleep"


class EnergyView(QWidget):
    """Shows a report; ``form`` emits how the device is used, when somebody says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.report: EnergyReport | None = None
        self.outcome = words("")
        self.remarks = words("", "warn")
        self.bars = EnergyBars("Energy from one prediction to the next")
        self.facts = words("", "muted")
        self.outcome.setFont(theme.scaled_font(self.outcome.font(), 1.25, bold=True))
        for label in (self.outcome, self.remarks, self.facts):
            label.setWordWrap(True)
        self.form = SettingsForm(Duty(), words={name: radio.title for name, radio in radio_costs().items()})
        raw = self.form.editor("raw_bytes")
        if isinstance(raw, QSpinBox):
            raw.setSpecialValueText("automatic")
        self._lay_out()

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(3 * theme.GRID)
        use = titled("How the device is used", self.form, stretch=False)
        use.setFixedWidth(_FORM_WIDTH)
        sources = titled("Where the figures are from", self.facts, stretch=False)
        for section, stretch in ((use, 0), (sources, 1)):
            below.addWidget(section, stretch, Qt.AlignmentFlag.AlignTop)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, theme.GRID, 0)
        column.setSpacing(theme.GRID)
        for widget in (self.outcome, self.remarks):
            column.addWidget(widget)
        column.addWidget(self.bars)
        column.addLayout(below, 1)
        scroll = QScrollArea()  # a small window has no room for all of it
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def show_report(self, report: EnergyReport) -> None:
        """Show what is known."""
        self.report = report
        self.outcome.setText(in_words(report))
        give_role(self.outcome, {True: "good", False: "warn", None: ""}[report.saves])
        self.remarks.setText("\n".join(report.remarks))
        self.remarks.setVisible(bool(report.remarks))
        self.facts.setText("\n\n".join(_facts(report)))
        self.recolour()

    def recolour(self) -> None:
        """Draw in the colours of the theme in use."""
        report = self.report
        if report is None:
            return
        result = (
            ("prediction", report.inference),
            ("sending the result", report.send_result),
            (_ASLEEP, report.asleep),
        )
        raw = (("sending the raw data", report.send_raw), (_ASLEEP, report.asleep))
        sizes = exact_bytes(report.duty.sent_bytes), exact_bytes(report.raw_bytes)
        self.bars.show_bars(
            (_bar(f"Predict, send the result ({sizes[0]})", result), _bar(f"Send the raw data ({sizes[1]})", raw))
        )


def _bar(title: str, figures: tuple[tuple[str, Figure], ...]) -> EnergyBar:
    """What is known of these one after the other, and the band of their sum."""
    known = [(name, one) for name, one in figures if one.value is not None]
    unknown = [name for name, one in figures if one.value is None]
    parts: list[EnergyPart] = []
    for name, one in known:
        named = [(part.name, part.value) for part in one.parts] or [(name, one.value or 0.0)]
        spread = f"{name}: {figure(one)}, {band(one)}" if band(one) else f"{name}: {figure(one)}"
        parts += [EnergyPart(part, value, _colour(part), spread) for part, value in named if value > 0]
    low, high = sum(one.low or 0.0 for _, one in known), sum(one.high or 0.0 for _, one in known)
    return EnergyBar(title, tuple(parts), low, high, f"{' and '.join(unknown)} not known" if unknown else "")


def _colour(part: str) -> QColor:
    return QColor(theme.now().edge) if part == _ASLEEP else theme.series_colour(_COLOURS.get(part, len(_COLOURS)))


def _facts(report: EnergyReport) -> list[str]:
    """How each figure is known, a paragraph each."""
    latency = report.latency
    facts = []
    if report.inference.value is not None:
        facts.append(
            f"Prediction: estimated from {figure(latency)} ({latency.source}; {latency.note}). {report.inference.note}"
        )
    facts.append(f"Sending: estimated. {report.send_raw.note}")
    for name, life in (("Battery", report.life), ("Battery, raw data", report.life_raw)):
        if life.value is not None and life.low is not None and life.high is not None:
            facts.append(f"{name}: {lifetime(life.low)} to {lifetime(life.high)}. {life.note}.")
    return facts
