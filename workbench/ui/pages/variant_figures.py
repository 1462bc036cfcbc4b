"""The figures of variants as the Compress page shows them: columns, points of the chart, the comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from workbench.figures import Figure
from workbench.operations.fit_figures import FitFigures
from workbench.operations.sliders import Tried
from workbench.project.model import Run, Variant
from workbench.quantities import NOTHING, figure, kilobytes, percent, quantity
from workbench.training.evaluation import Evaluation
from workbench.training.evaluation import from_json as evaluation_from_json
from workbench.ui.widgets.comparison_table import ComparisonRow
from workbench.ui.widgets.row_table import Column
from workbench.ui.widgets.tradeoff_view import Scale, TradeoffPoint, format_colour

_KB = 1024
_ELSEWHERE = "phone, CPU"


@dataclass(frozen=True)
class Row:
    """A variant with its figures on the chosen board (None while they are computed), and the float model."""

    variant: Variant
    figures: FitFigures | None
    base: Variant | None


@dataclass(frozen=True)
class Cost:
    """One cost of the chart: its unit on the axis, and how many of the figure's units that is."""

    title: str
    name: str
    unit: str
    scale: float
    of: Callable[[FitFigures], Figure] | None  # None: the size of the file, which no board limits

    def value(self, row: Row) -> float | None:
        """What a variant costs, in the axis's unit; None when that is not known."""
        if self.of is None:
            return row.variant.file_bytes / self.scale
        known = self.of(row.figures).value if row.figures is not None else None
        return None if known is None else known / self.scale

    def limit(self, figures: FitFigures) -> float | None:
        """The board's limit, in the axis's unit."""
        limit = self.of(figures).limit if self.of is not None else None
        return None if limit is None else limit / self.scale


COSTS = (
    Cost("Flash", "flash", "KB", _KB, lambda figures: figures.flash),
    Cost("RAM", "RAM", "KB", _KB, lambda figures: figures.ram),
    Cost("Latency", "latency (estimated)", "ms", 1e-3, lambda figures: figures.latency),
    Cost("Energy", "energy a prediction (estimated)", "mJ", 1e-3, lambda figures: figures.energy),
    Cost("File", "size of the .tflite file", "KB", _KB, None),
)


def quality_words(evaluation: Evaluation) -> str:
    """Accuracy, or the mean absolute error in its unit."""
    return (
        percent(evaluation.accuracy) if evaluation.accuracy is not None else quantity(evaluation.mae, evaluation.unit)
    )


def _quality(variant: Variant) -> float | None:
    """Accuracy in 0..1, or the mean absolute error; None for a given model, which nobody can judge."""
    if not variant.evaluation:
        return None
    evaluation = evaluation_from_json(variant.evaluation)
    return evaluation.accuracy if evaluation.accuracy is not None else evaluation.mae


def _quality_text(row: Row) -> str:
    if not row.variant.evaluation:
        return NOTHING
    return quality_words(evaluation_from_json(row.variant.evaluation))


def quality_scale(run: Run | None) -> Scale:
    """The axis of what variants are worth."""
    if run is None or run.task == "classification":
        return Scale(
            "validation accuracy", lambda share: f"{share * 100:.4g} %", higher_is_better=True, from_zero=False
        )
    unit = f", {run.target_unit}" if run.target_unit else ""
    return Scale(f"validation mean absolute error{unit}", from_zero=False)


def cost_scale(cost: Cost, rows: Sequence[Row], board: str) -> Scale:
    """The axis of a cost, with the board's limit as its wall."""
    limits = (cost.limit(row.figures) for row in rows if row.figures is not None)
    limit = next((one for one in limits if one is not None), None)
    wall = "" if limit is None else f"{board}: {limit:,.4g} {cost.unit}"
    return Scale(f"{cost.name}, {cost.unit}", limit=limit, limit_text=wall)


def live_point(tried: Tried, x: Cost, y: Cost | None) -> TradeoffPoint | None:
    """A recipe that was tried on the chart, as ``point`` shows a variant."""
    across, upwards = _tried_cost(tried, x), _tried_quality(tried) if y is None else _tried_cost(tried, y)
    if across is None or upwards is None:
        return None
    return TradeoffPoint(-1, tried.recipe.name, across, upwards, tried.recipe.quantization)


def _tried_cost(tried: Tried, cost: Cost) -> float | None:
    if cost.of is None:
        return len(tried.compressed.tflite) / cost.scale
    known = cost.of(tried.figures).value if tried.figures is not None else None
    return None if known is None else known / cost.scale


def _tried_quality(tried: Tried) -> float | None:
    evaluation = tried.compressed.evaluation
    return evaluation.accuracy if evaluation.accuracy is not None else evaluation.mae


def point(row: Row, x: Cost, y: Cost | None) -> TradeoffPoint | None:
    """A variant on the chart, against its quality when ``y`` is None; None when one of the two is not known."""
    across = x.value(row)
    upwards = _quality(row.variant) if y is None else y.value(row)
    if across is None or upwards is None:
        return None
    variant = row.variant
    told = [_quality_text(row), f"{across:,.4g} {x.unit}", *([f"{upwards:,.4g} {y.unit}"] if y is not None else [])]
    return TradeoffPoint(
        variant.id,
        variant.name,
        across,
        upwards,
        variant.quantization,
        current=variant.current,
        pinned=variant.pinned,
        tip=f"{variant.name}\n{' · '.join(told)}",
    )


def _difference(row: Row) -> str:
    """How far a variant is from the float model: percentage points, or the unit."""
    if row.base is None or row.base.id == row.variant.id:
        return NOTHING
    own, base = _quality(row.variant), _quality(row.base)
    if own is None or base is None:
        return NOTHING
    evaluation = evaluation_from_json(row.variant.evaluation)
    change = f"{(own - base) * 100:+.1f}" if evaluation.accuracy is not None else f"{own - base:+.3g}"
    return change.replace("-", "−")


def _of(row: Row, name: str) -> str:
    if row.figures is None:
        return "…"
    known: Figure = getattr(row.figures, name)
    return figure(known)


def _by(name: str) -> Callable[[Row], float]:
    def key(row: Row) -> float:
        value = getattr(row.figures, name).value if row.figures is not None else None
        return float("inf") if value is None else float(value)

    return key


def _runs_on(row: Row) -> str:
    if not row.variant.runs_on_boards:
        return _ELSEWHERE
    return "…" if row.figures is None else {True: "fits", False: "does not fit", None: NOTHING}[row.figures.fits]


def _marked(row: Row) -> str:
    marks = ("●" if row.variant.current else "", "pinned" if row.variant.pinned else "")
    return " ".join(mark for mark in marks if mark)


def columns(rename: Callable[[Row, str], None]) -> list[Column]:
    """The columns of the table of variants; an edited name goes to ``rename``."""
    figures = [
        Column(title, partial(_of, name=name), sort=_by(name), numeric=True)
        for title, name in (("Flash", "flash"), ("RAM", "ram"), ("Latency", "latency"), ("Energy", "energy"))
    ]
    return [
        Column(
            "Variant",
            lambda row: row.variant.name,
            tip=lambda row: (
                f"{'The current variant' if row.variant.current else 'Click to make it the current one'}; F2 renames"
            ),
            sort=lambda row: row.variant.id,
            chip=lambda row: format_colour(row.variant.quantization),
            edit=rename,
        ),
        Column("", _marked),
        Column("Quality", _quality_text, sort=lambda row: _quality(row.variant) or 0.0, numeric=True),
        Column("Δ float", _difference, numeric=True),
        Column(
            "File", lambda row: kilobytes(row.variant.file_bytes), sort=lambda r: r.variant.file_bytes, numeric=True
        ),
        *figures,
        Column("Board", _runs_on, stretch=True),
    ]


def comparison(
    rows: Sequence[Row], base: Variant | None, current: Variant | None
) -> tuple[list[str], list[ComparisonRow]]:
    """Heads and rows of the side-by-side table."""
    heads = []
    for row in rows:
        is_base, is_current = row.variant is base, row.variant is current
        heads.append("float = current" if is_base and is_current else "float" if is_base else row.variant.name)
    lines: list[tuple[str, Callable[[Row], str]]] = [
        ("Quality", _quality_text),
        ("Δ float", _difference),
        ("File", lambda row: kilobytes(row.variant.file_bytes)),
        ("Flash", lambda row: _of(row, "flash")),
        ("RAM", lambda row: _of(row, "ram")),
        ("Latency", lambda row: _of(row, "latency")),
        ("Energy", lambda row: _of(row, "energy")),
        ("Zero weights", lambda row: percent(row.variant.sparsity)),
        ("On the board", _runs_on),
    ]
    roles = {"fits": "good", "does not fit": "bad", _ELSEWHERE: "muted"}
    made = []
    for name, text in lines:
        values = tuple(text(row) for row in rows)
        made.append(ComparisonRow(name, values, tuple(roles.get(value, "") for value in values)))
    return heads, made


def test_rows(variant: Evaluation, base: Evaluation | None) -> tuple[list[str], list[ComparisonRow]]:
    """Heads and rows of the report on the test split; the float model beside the variant where it was judged too."""
    judged = [one for one in (base, variant) if one is not None]
    heads = ["float", "variant"] if base is not None else ["variant"]
    if variant.accuracy is None:
        lines = [
            ("MAE", [quantity(one.mae, one.unit) for one in judged]),
            ("RMSE", [quantity(one.rmse, one.unit) for one in judged]),
        ]
    else:
        lines = [
            ("Accuracy", [percent(one.accuracy or 0.0) for one in judged]),
            ("from", [percent(one.accuracy_low or 0.0) for one in judged]),
            ("to (95 %)", [percent(one.accuracy_high or 0.0) for one in judged]),
            ("Macro F1", [percent(one.macro_f1 or 0.0) for one in judged]),
        ]
    return heads, [ComparisonRow(name, tuple(values)) for name, values in lines]
