"""Make a variant the current one: what the fit bar shows and export writes."""

from __future__ import annotations

from workbench.operations.outcome import Outcome, Topic
from workbench.project.store import Project


def choose_variant(project: Project, variant_id: int) -> Outcome[int]:
    """Choose a variant by its id; raises BadSetting when there is none."""
    project.variant(variant_id)
    with project.step("Choose a variant"):
        project.set_current_variant(variant_id)
    return Outcome(variant_id, frozenset({Topic.VARIANTS}))
