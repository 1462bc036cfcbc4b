"""What the strip under the sliders says."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.compression.recipe import Recipe
from workbench.figures import Figure
from workbench.operations.fit_figures import FitFigures
from workbench.operations.sliders import Tried
from workbench.quantities import kilobytes, percent
from workbench.ui.fit_bar import CELLS
from workbench.ui.slider_bench import SliderBench, State

_CAPTIONS = {cell.name: cell.caption for cell in CELLS}


def captions(figures: Mapping[str, Figure], base: FitFigures | None) -> dict[str, str]:
    """The name of each figure, with how far it is from the float model's."""
    return {name: f"{_CAPTIONS[name]}{_difference(name, figures[name], base)}" for name in figures}


def _difference(name: str, figure: Figure, base: FitFigures | None) -> str:
    before = getattr(base, name).value if base is not None else None
    if figure.value is None or before is None:
        return ""
    if figure.unit == "1":
        return f"  {(figure.value - before) * 100:+.1f}".replace("-", "−")
    return f"  {(figure.value / before - 1) * 100:+.0f}\u2009%".replace("-", "−") if before else ""


def status(bench: SliderBench) -> tuple[str, str]:
    """What is shown, and the role of the words."""
    tuning = bench.tuning
    if bench.state is State.FINE_TUNED:
        return "Fine-tuned", "good"
    if bench.state is State.READING:
        return "Preparing the sliders…", "muted"
    if tuning is not None and bench.state is not State.EXACT:
        return f"{tuning.text}…", "muted"
    if bench.state is State.SLOW:
        return bench.reason or "Takes a moment: let go", "muted"
    if bench.state is State.OFF:
        return bench.reason or "No immediate figures", "muted"
    trains = bench.shown is not None and bench.shown.tried.recipe.trains
    return ("Exact, not fine-tuned" if trains else "Exact"), ""


def about(bench: SliderBench) -> str:
    """Which recipe the figures are of, and what its zeros save."""
    if bench.shown is None:
        return ""
    tried = bench.shown.tried
    if bench.tuning is not None and bench.state is State.EXACT:
        return f"{bench.tuning.text}… · {packing(tried)}"
    if bench.state is State.ANSWERING:  # the sliders are elsewhere by now
        return f"{tried.recipe.without_training().name} · {packing(tried)}"
    return packing(tried)


def packing(tried: Tried) -> str:
    """What the file takes in flash and packed."""
    size = len(tried.compressed.tflite)
    return f"file {kilobytes(size)}, {kilobytes(tried.packed_bytes)} packed for an update"


def zeros_in_words(tried: Tried) -> str:
    """What zeros and shared weights save, and what they do not."""
    size, packed = len(tried.compressed.tflite), tried.packed_bytes
    return (
        f"{percent(tried.compressed.sparsity)} of the weights are zero. With TensorFlow Lite Micro a zero takes its "
        "byte in flash and is multiplied like any other weight; so it is as plain C made for speed. Made for size, "
        "plain C stores a layer without its zeros, and shared values once: from about a quarter of zeros on, or with "
        "at most sixteen values. What that takes in time, Verify on the Memory page counts. Packed (DEFLATE) for an "
        "update over the air, "
        f"{kilobytes(size)} become {kilobytes(packed)}. Removed channels save flash, RAM and time with every engine."
    )


def layers_note(bench: SliderBench, recipe: Recipe) -> str:
    """What the weights in the rows of layers are."""
    fine_tuned = bench.shown is not None and bench.shown.fine_tuned
    when = " Shown as the sliders leave them, before fine-tuning." if fine_tuned else ""
    alone = f" Left alone: {', '.join(recipe.exempt)}." if recipe.exempt else ""
    zeros = zeros_in_words(bench.shown.tried) if bench.shown is not None else ""
    return f"Histogram: deployed weights, the line is the trained ones.{when}{alone} {zeros}"
