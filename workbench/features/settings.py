"""What is computed from a window before the model sees it."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.fields import setting


@dataclass(frozen=True)
class FeatureSettings:
    """The feature block and its own settings."""

    block: str = setting(
        "raw",
        title="Features",
        help="Raw samples, a few statistics per channel, or the amplitude spectrum per channel.",
        choices=("raw", "statistics", "spectrum"),
    )
    spectrum_bins: int = setting(
        16,
        title="Spectrum bins",
        help="Into how many equally wide frequency bands the spectrum is summed (spectrum only).",
        low=2,
        high=512,
    )
