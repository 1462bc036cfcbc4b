"""What is done to a trained model to make it smaller."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.fields import setting


@dataclass(frozen=True)
class Recipe:
    """Prune, fine-tune, quantize."""

    sparsity: float = setting(
        0.0,
        help="Share of each layer's weights set to zero, the smallest first; 0 leaves the model as it is.",
        low=0.0,
        high=0.95,
    )
    quantization: str = setting(
        "int8",
        help="Number format of weights and activations. Microcontrollers run int8 and float32.",
        choices=("float32", "float16", "dynamic_range", "int8"),
    )
    fine_tune_epochs: int = setting(
        6,
        help="Passes over the training windows that let the remaining weights recover from pruning.",
        unit="epochs",
        low=1,
        high=200,
    )

    @property
    def name(self) -> str:
        """A short title such as ``int8, 50 % sparse``."""
        kind = self.quantization.replace("_", " ")
        return f"{kind}, {self.sparsity * 100:.0f} % sparse" if self.sparsity else kind
