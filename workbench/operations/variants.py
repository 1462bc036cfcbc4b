"""Name, pin and delete variants; what each is worth and takes on a board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.boards import Board
from workbench.figures import Figure, parts_by_name
from workbench.operations.fit_figures import FitFigures, fit_figures
from workbench.operations.outcome import Outcome, Topic
from workbench.project.labels import checked_text
from workbench.project.model import Variant
from workbench.project.store import Project

ELSEWHERE = "phone, CPU"  # what runs the number formats that no microcontroller runtime takes
_CHANGED = frozenset({Topic.VARIANTS})


def rename_variant(project: Project, variant_id: int, name: str) -> Outcome[int]:
    """Give a variant another name; raises BadSetting for an empty or overlong one, or when there is no such variant."""
    with project.step("Rename a variant"):
        project.update_variant(variant_id, name=checked_text(name, "name"))
    return Outcome(variant_id, _CHANGED)


def pin_variant(project: Project, variant_id: int, pinned: bool) -> Outcome[int]:
    """Mark a variant, with its name in the trade-off picture, or unmark it; raises BadSetting when there is none."""
    with project.step("Pin a variant" if pinned else "Unpin a variant"):
        project.update_variant(variant_id, pinned=pinned)
    return Outcome(variant_id, _CHANGED)


def delete_variants(project: Project, variant_ids: Sequence[int]) -> Outcome[int]:
    """Delete variants; how many. The latest that is left becomes current. Raises BadSetting when there is no such."""
    with project.step("Delete a variant" if len(variant_ids) == 1 else f"Delete {len(variant_ids)} variants"):
        project.remove_variants(variant_ids)
    return Outcome(len(variant_ids), _CHANGED)


@dataclass(frozen=True)
class VariantRow:
    """A variant with its figures on a board."""

    variant: Variant
    figures: FitFigures

    def to_json(self) -> dict[str, Any]:
        """Plain data; figures that nobody can know are None."""
        one, figures = self.variant, self.figures
        return {
            "id": one.id,
            "run": one.run_id,
            "name": one.name,
            "pinned": one.pinned,
            "current": one.current,
            "quantization": one.quantization,
            "sparsity": one.sparsity,
            "recipe": one.recipe,
            "file_bytes": one.file_bytes,
            "runs_on": "boards" if one.runs_on_boards else ELSEWHERE,
            "fits": figures.fits,
            "verdict": figures.verdict,
            "quality": _plain(figures.accuracy),
            "flash": _plain(figures.flash),
            "ram": _plain(figures.ram),
            "latency": _plain(figures.latency),
            "energy": _plain(figures.energy),
            "validation": one.evaluation,
            "test": one.test,
        }


def variant_row(project: Project, variant: Variant, board: Board) -> VariantRow:
    """A variant with its figures on a board. Raises BadModel for a damaged file."""
    return VariantRow(variant, fit_figures(project, variant, board))


def variant_rows(project: Project, board: Board) -> list[VariantRow]:
    """Every variant of the project, oldest first."""
    return [variant_row(project, one, board) for one in project.variants()]


def _plain(figure: Figure) -> dict[str, Any] | None:
    if figure.value is None:
        return None
    return {
        "value": figure.value,
        "unit": figure.unit,
        "source": figure.source,
        "low": figure.low,
        "high": figure.high,
        "limit": figure.limit,
        "parts": parts_by_name(figure),
    }
