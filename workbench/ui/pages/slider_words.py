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
_STATUS = {
    State.OFF: ("No immediate figures", "muted"),
    State.READING: ("Preparing the sliders…", "muted"),
    State.ANSWERING: ("Following the sliders…", "muted"),
    State.SLOW: ("Takes a conversion: let go, and wait a moment", "muted"),
    State.FINE_TUNED: ("Fine-tuned", "good"),
}


def captions(figures: Mapping[str, Figure], base: FitFigures | None) -> dict[str, str]:
    """The name of each figure, with how far it is from the float model's."""
    return {name: f"{_caption(name, figure)}{_difference(name, figure, base)}" for name, figure in figures.items()}


def _caption(name: str, figure: Figure) -> str:
    is_error = name == "accuracy" and figure.value is not None and figure.unit != "1"
    return "ERROR" if is_error else _CAPTIONS[name]  # a regression's is its mean absolute error


def _difference(name: str, figure: Figure, base: FitFigures | None) -> str:
    before = getattr(base, name).value if base is not None else None
    if figure.value is None or before is None:
        return ""
    if figure.unit == "1":
        return f"  {(figure.value - before) * 100:+.1f}".replace("-", "−")
    return f"  {(figure.value / before - 1) * 100:+.0f}\u2009%".replace("-", "−") if before else ""


def title(bench: SliderBench) -> str:
    """Whose figures are shown: the sliders', not those of the current variant in the fit bar."""
    if bench.shown is None:
        return "At the sliders"
    recipe = bench.shown.tried.recipe
    name = recipe.name if bench.shown.fine_tuned or not recipe.trains else recipe.without_training().name
    return f"At the sliders: {name}"


def status(bench: SliderBench) -> tuple[str, str]:
    """How the figures are known, and the role of the words."""
    if bench.state is State.EXACT:
        trains = bench.shown is not None and bench.shown.tried.recipe.trains
        return ("Exact, not fine-tuned" if trains else "Exact"), ""
    if bench.tuning is not None and bench.state is State.SLOW:
        return f"{bench.tuning.text}…", "muted"
    said, role = _STATUS[bench.state]
    return bench.reason or said, role


def about(bench: SliderBench) -> str:
    """What goes on, and what zeros save."""
    if bench.shown is None:
        return ""
    tried = bench.shown.tried
    if bench.tuning is not None and bench.state is State.EXACT:
        return f"{bench.tuning.text}… · {packing(tried)}"
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


def no_layers(bench: SliderBench) -> str:
    """Why there is no row of any layer."""
    if bench.state is State.READING:
        return "The layers come with the first figures, in a moment."
    if bench.shown is None:
        return bench.reason or "There are no immediate figures, so no layers either."
    return (
        f"What a conversion to {bench.shown.tried.recipe.kind.words} does to each layer is not taken apart here. "
        "Choose int8, int8 with float I/O or float32 to see it."
    )
