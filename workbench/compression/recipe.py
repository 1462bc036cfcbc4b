"""What is done to a trained model to make it smaller."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from workbench.convert.convert import Quantization
from workbench.fields import setting


@dataclass(frozen=True)
class Recipe:
    """Prune, remove channels, share weights, fine-tune, quantize: in this order."""

    sparsity: float = setting(
        0.0,
        help="Share of the weights set to zero, the smallest first; 0 leaves the model as it is.",
        low=0.0,
        high=0.95,
    )
    sparsity_over: str = setting(
        "layer",
        title="Smallest of",
        help="Whether each layer loses that share of its own weights, or the model the smallest of all layers.",
        choices=("layer", "model"),
    )
    channels: float = setting(
        0.0,
        title="Channels removed",
        help="Share of the filters and units taken out of each layer but the last, the weakest first, with everything "
        "that depends on them.",
        low=0.0,
        high=0.9,
    )
    clusters: int = setting(
        0,
        title="Weight clusters",
        help="Different values that the weights of a layer may have; 0 leaves them free. It helps a packed image only.",
        low=0,
        high=256,
    )
    exempt: tuple[str, ...] = setting(
        (),
        title="Layers left alone",
        help="Layers that are not pruned, narrowed or clustered, by name; they are only quantized.",
    )
    quantization: str = setting(
        "int8",
        title="Number format",
        help="Number format of weights and activations. Microcontrollers run the int8 kinds, int16x8 and float32.",
        choices=tuple(kind.value for kind in Quantization),
    )
    calibration_windows: int = setting(
        400,
        help="Training windows that the ranges of activations are taken from.",
        unit="windows",
        low=8,
        high=5000,
    )
    calibration: str = setting(
        "minmax",
        title="Calibration method",
        help="Ranges from the smallest to the largest value of each activation, or between percentiles, so that rare "
        "values are clipped and the others get finer steps.",
        choices=("minmax", "percentile"),
    )
    percentile: float = setting(
        99.9,
        help="Share of an activation's values that its range keeps, with percentile calibration.",
        unit="%",
        low=90.0,
        high=100.0,
    )
    fine_tune_epochs: int = setting(
        6,
        help="Passes over the training windows that let the remaining weights recover; 0 trains nothing.",
        unit="epochs",
        low=0,
        high=200,
    )
    qat: bool = setting(
        False,
        title="Quantization-aware",
        help="Fine-tune with the rounding of int8 in the network, so that weights learn to live with it.",
    )
    distillation: bool = setting(
        False,
        help="While fine-tuning, learn the float model's answers as well as the labels.",
    )
    temperature: float = setting(
        3.0,
        help="How much distillation softens the float model's answers; more lets it tell the small ones too.",
        low=1.0,
        high=20.0,
    )

    @property
    def kind(self) -> Quantization:
        """The number format."""
        return Quantization(self.quantization)

    @property
    def takes_qat(self) -> bool:
        """Whether quantization-aware training does anything for the number format."""
        return self.kind in (Quantization.INT8, Quantization.INT8_FLOAT_IO)

    @property
    def takes_percentiles(self) -> bool:
        """Whether clipping rare values does anything for the number format: int16 has steps to spare."""
        return self.kind is not Quantization.INT16X8

    @property
    def changes_weights(self) -> bool:
        """Whether the float model is another one before it is quantized."""
        return bool(self.sparsity or self.channels or self.clusters)

    @property
    def trains(self) -> bool:
        """Whether anything is fine-tuned."""
        return self.fine_tune_epochs > 0 and (self.changes_weights or self.qat or self.distillation)

    def without_senseless(self) -> Recipe:
        """The same without the choices that do nothing for its number format."""
        qat = self.qat and self.takes_qat
        return dataclasses.replace(self, qat=qat, calibration=self.calibration if self.takes_percentiles else "minmax")

    def without_training(self) -> Recipe:
        """The same, not fine-tuned."""
        return dataclasses.replace(self, fine_tune_epochs=0, qat=False, distillation=False)

    @property
    def name(self) -> str:
        """A short title such as ``int8, 50 % sparse``."""
        parts = [self.kind.words]
        if self.sparsity:
            parts.append(f"{self.sparsity * 100:.0f} % sparse")
        if self.channels:
            parts.append(f"{self.channels * 100:.0f} % of channels out")
        if self.clusters:
            parts.append(f"{self.clusters} clusters")
        if self.calibration == "percentile":
            parts.append(f"{self.percentile:g} % percentile")
        if self.trains:
            parts += [word for word, on in (("QAT", self.qat), ("distilled", self.distillation)) if on]
        elif self.changes_weights:
            parts.append("not fine-tuned")
        return ", ".join(parts)
