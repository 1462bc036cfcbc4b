"""All variants of a project on one board as one HTML file: tables, pictures, matrices; readable on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from workbench.boards import Board, find_board
from workbench.compression.pareto import pareto_front
from workbench.errors import NotEnoughData, NotPossible
from workbench.figures import Figure
from workbench.files import write_atomically
from workbench.operations.compare_variants import FIGURES
from workbench.operations.outcome import Outcome
from workbench.operations.report_svg import Dot, Picture, trade_off_svg
from workbench.operations.variants import ELSEWHERE, VariantRow, variant_rows
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project, now
from workbench.quantities import NOTHING, band, exact_bytes, figure, kilobytes, percent, quantity
from workbench.training.evaluation import Evaluation
from workbench.training.evaluation import from_json as evaluation_from_json

# An axis of a picture: title, figure, unit, how many of the figure's units that is.
_PICTURES = (
    ("Flash", "flash", "KB", 1024.0),
    ("RAM", "ram", "KB", 1024.0),
    ("Latency", "latency", "ms", 1e-3),
    ("Energy of a prediction", "energy", "mJ", 1e-3),
)
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1a2028; background: #fff; max-width: 1080px; margin: 2em auto;
  padding: 0 1em; font-variant-numeric: tabular-nums }
h1 { font-size: 1.6em; margin-bottom: 0 } h2 { font-size: 1.2em; margin-top: 2em } h3 { font-size: 1em }
p.m, td.m, figcaption { color: #5c6675 } table { border-collapse: collapse; margin: .5em 0 }
th, td { padding: .25em .7em; border-bottom: 1px solid #d7dce4; text-align: right } thead th { color: #5c6675 }
th:first-child, td:first-child, td.w { text-align: left } tr.current { font-weight: 600; background: #f1f6fb }
td.good { color: #12714c } td.bad { color: #b92c2c } .scroll { overflow-x: auto }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(360px, 1fr)); gap: 1em }
svg { width: 100%; height: auto } svg .t { font-size: 12px; fill: #5c6675 } svg .n { font-size: 12px; fill: #1a2028 }
svg .e { text-anchor: end } svg .m { text-anchor: middle } svg .g { stroke: #e6e9ee } svg .w { fill: #b92c2c1f }
svg .l { stroke: #b92c2c; stroke-width: 1.5 } svg .f { fill: none; stroke: #5c6675; stroke-dasharray: 5 4 }
svg .d { stroke: #1a2028; stroke-width: .7 } svg .c { fill: none; stroke: #1a2028; stroke-width: 2 }
.matrix td { text-align: center; min-width: 2em } .matrix td:first-child { text-align: left }
@media print { body { margin: 0; max-width: none; font-size: 10.5pt } h2 { break-after: avoid }
  figure, section, tr { break-inside: avoid } .scroll { overflow: visible } }
"""


def write_report(project: Project, out: Path, board_id: str | None = None) -> Outcome[Path]:
    """Write the report for a board (the project's own when None) to ``out``; raises NotEnoughData, NotPossible."""
    board = find_board(board_id or project.settings(ProjectSettings).board)
    page = report_page(project, board)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(out, page.encode("utf-8"))
    except OSError as error:
        raise NotPossible(f"The report cannot be written: {error.strerror}.", where=str(out)) from error
    return Outcome(out)


def report_page(project: Project, board: Board) -> str:
    """The HTML text. Raises NotEnoughData when there is no variant."""
    rows = variant_rows(project, board)
    if not rows:
        raise NotEnoughData("There is no variant to report on yet.", to_do="Train and compress first.")
    title = f"{project.name}: variants on {board.name}"
    parts = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(project.name)}</h1>",
        f'<p class="m">{len(rows)} variants on {escape(board.name)}, {escape(now())}</p>',
        *_table(rows, {run.id: f"{run.id}: {run.title}" for run in project.runs()}),
        *_pictures(rows),
        *_evaluations(rows),
        *_meaning(),
        "</body></html>",
    ]
    return "\n".join(parts)


def _table(rows: Sequence[VariantRow], runs: Mapping[int, str]) -> Iterator[str]:
    best = _front_of(rows)
    yield "<h2>Variants</h2><div class='scroll'><table><thead><tr>"
    heads = ("Variant", "Training", "Quality", "File", "Flash", "RAM", "Latency", "Energy", "Zero weights", "Runs")
    yield "".join(f"<th>{head}</th>" for head in heads)
    yield "</tr></thead><tbody>"
    for place, row in enumerate(rows):
        one = row.variant
        marks = [
            mark for mark, on in (("current", one.current), ("pinned", one.pinned), ("front", place in best)) if on
        ]
        words = f'<span class="m"> ({", ".join(marks)})</span>' if marks else ""
        yield f'<tr class="{"current" if one.current else ""}"><td>{one.id}: {escape(one.name)}{words}</td>'
        yield f'<td class="w">{escape(runs.get(one.run_id or 0, NOTHING))}</td>'
        yield f"<td>{_cell(row.figures.accuracy)}</td>"
        yield f'<td title="{exact_bytes(one.file_bytes)}">{kilobytes(one.file_bytes)}</td>'
        yield "".join(f"<td>{_cell(getattr(row.figures, name))}</td>" for name in FIGURES)
        yield f"<td>{percent(one.sparsity)}</td>{_runs(row)}</tr>"
    yield "</tbody></table></div>"
    current = next((row for row in rows if row.variant.current), None)
    if current is not None:
        yield f"<p>{escape(current.figures.verdict)}</p>"


def _cell(shown: Figure) -> str:
    """A figure with its band and its source to hover over."""
    told = ", ".join(part for part in (shown.source or "", band(shown), shown.note) if part)
    return f'<span title="{escape(told)}">{escape(figure(shown))}</span>'


def _runs(row: VariantRow) -> str:
    if not row.variant.runs_on_boards:
        return f'<td class="m w">{ELSEWHERE}</td>'
    word, role = {True: ("fits", "good"), False: ("does not fit", "bad"), None: (NOTHING, "m")}[row.figures.fits]
    return f'<td class="w {role}">{word}</td>'


def _front_of(rows: Sequence[VariantRow]) -> set[int]:
    """The places of the variants that no other one beats in quality, flash, RAM and latency."""
    known = [
        (place, (_loss(row), *(getattr(row.figures, name).value for name in FIGURES[:3])))
        for place, row in enumerate(rows)
        if row.figures.accuracy.value is not None and None not in [getattr(row.figures, n).value for n in FIGURES[:3]]
    ]
    return {known[place][0] for place in pareto_front([losses for _, losses in known])}


def _loss(row: VariantRow) -> float:
    value = row.figures.accuracy.value or 0.0
    return -value if row.figures.accuracy.unit == "1" else value


def _pictures(rows: Sequence[VariantRow]) -> Iterator[str]:
    judged = [row for row in rows if row.figures.accuracy.value is not None]
    is_share = all(row.figures.accuracy.unit == "1" for row in judged)
    unit = "%" if is_share else (judged[0].figures.accuracy.unit if judged else "")
    y_title = "Validation accuracy, %" if is_share else f"Validation mean absolute error, {unit}".rstrip(", ")
    drawn = []
    for title, name, x_unit, scale in _PICTURES:
        known = [(row, getattr(row.figures, name)) for row in judged]
        dots = [
            Dot(
                x=cost.value / scale,
                y=(row.figures.accuracy.value or 0.0) * (100.0 if is_share else 1.0),
                name=row.variant.name,
                format=row.variant.quantization,
                current=row.variant.current,
                named=row.variant.pinned,
            )
            for row, cost in known
            if cost.value is not None
        ]
        limit = next((cost.limit / scale for _, cost in known if cost.limit), None)
        drawn.append(trade_off_svg(dots, Picture(title, f"{title}, {x_unit}", y_title, is_share, limit)))
    shown = [svg for svg in drawn if svg]
    if shown:
        yield '<h2>Quality against cost</h2><div class="pictures">'
        yield from (f"<figure>{svg}</figure>" for svg in shown)
        yield "</div><p class='m'>The red part is where the board ends; the dashed line joins what no other beats.</p>"


def _evaluations(rows: Sequence[VariantRow]) -> Iterator[str]:
    """The matrices of the current variant, the pinned ones and the float models they come from."""
    runs = {row.variant.run_id for row in rows if row.variant.current or row.variant.pinned}
    for row in rows:
        one = row.variant
        is_base = one.quantization == "float32" and one.run_id in runs
        if not one.evaluation or not (one.current or one.pinned or is_base):
            continue
        yield f"<section><h2>{one.id}: {escape(one.name)}</h2>"
        yield from _evaluation("Validation split", evaluation_from_json(one.evaluation))
        if one.test is not None:
            yield from _evaluation("Test split, which nothing was chosen by", evaluation_from_json(one.test))
        yield "</section>"


def _evaluation(title: str, judged: Evaluation) -> Iterator[str]:
    windows = f"{judged.count:,} windows of {judged.recordings:,} recordings"
    if judged.accuracy is None:
        error = f"mean absolute error {quantity(judged.mae, judged.unit)}, RMSE {quantity(judged.rmse, judged.unit)}"
        yield f"<h3>{title}</h3><p>{escape(error)}, {windows}</p>"
        return
    interval = f"{percent(judged.accuracy_low or 0.0)} to {percent(judged.accuracy_high or 0.0)}"
    yield f"<h3>{title}</h3><p>Accuracy {percent(judged.accuracy)} (95 %: {interval}), {windows}.</p>"
    yield '<div class="scroll"><table class="matrix"><thead><tr><th>true \\ predicted</th>'
    yield "".join(f"<th>{escape(name)}</th>" for name in judged.classes)
    yield "<th>recall</th><th>precision</th></tr></thead><tbody>"
    for index, (result, counts) in enumerate(zip(judged.per_class, judged.confusion, strict=True)):
        yield f"<tr><td>{escape(result.name)}</td>"
        yield "".join(_matrix_cell(count, sum(counts), right=index == place) for place, count in enumerate(counts))
        yield f"<td>{percent(result.recall)}</td><td>{percent(result.precision)}</td></tr>"
    yield "</tbody></table></div>"


def _matrix_cell(count: int, total: int, *, right: bool) -> str:
    if not count:
        return '<td class="m">·</td>'
    red, green, blue = (86, 180, 233) if right else (230, 90, 80)
    return f'<td style="background: rgba({red}, {green}, {blue}, {0.75 * (count / total) ** 0.5:.2f})">{count}</td>'


def _meaning() -> Iterator[str]:
    yield "<h2>What the numbers mean</h2><ul>"
    yield "<li>Quality is that of the deployed file, window by window, on the split that is named.</li>"
    yield "<li>Hover over a figure for its source and its band: estimated, compiled, emulated or measured.</li>"
    yield f"<li>float16 and dynamic range run on: {ELSEWHERE}. No microcontroller runtime takes them.</li>"
    yield "<li>In a .tflite a zero weight costs a byte like any other.</li></ul>"
