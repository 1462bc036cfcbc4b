"""Which network is trained, and how."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.fields import setting


@dataclass(frozen=True)
class TrainingSettings:
    """The architecture and the fit."""

    architecture: str = setting(
        "convolutional",
        help="Convolutional finds short patterns wherever they occur; separable does so in two steps, with a fraction "
        "of the weights and operations; dense takes the features as one list.",
        choices=("convolutional", "separable", "dense"),
    )
    layers: int = setting(3, help="Convolutions, or hidden dense layers.", low=1, high=6)
    width: int = setting(
        16,
        help="Filters of the first convolution (doubled by each next one, up to fourfold); a dense layer has four "
        "times as many units.",
        low=2,
        high=256,
    )
    kernel: int = setting(5, help="Rows a convolution over time looks at; pictures always use 3x3.", low=1, high=31)
    downsampling: str = setting(
        "pooling",
        help="How convolutions halve what they pass on: by keeping the larger of two outputs, or by strides, which "
        "compute only every other one and take half the operations.",
        choices=("pooling", "strides"),
    )
    dropout: float = setting(
        0.3, help="Share of the last features left out at random while training.", low=0.0, high=0.9
    )
    augmentation: float = setting(
        0.5,
        help="How strongly half of the training windows are varied at random: tilt, size and tempo of a series, place "
        "of a picture. 0 is off. Classification only.",
        low=0.0,
        high=1.0,
    )
    epochs: int = setting(40, help="Passes over the training windows, at most.", low=1, high=2000)
    keep: str = setting(
        "best",
        title="Epoch kept",
        help="The one with the smallest validation loss, or the last: then nothing is chosen by the validation split, "
        "and no training stops early.",
        choices=("best", "last"),
    )
    patience: int = setting(
        12,
        help="Stop after this many epochs without improvement on the validation split, where the best one is kept.",
        unit="epochs",
        low=1,
        high=2000,
    )
    batch_size: int = setting(32, help="Windows per step.", low=1, high=4096)
    learning_rate: float = setting(0.002, help="Step size of the optimizer (Adam).", low=1e-6, high=1.0)
    class_weights: bool = setting(True, help="Let rare labels count as much as frequent ones.")
    seed: int = setting(1, help="Another number draws other initial weights and batches.", low=0, high=2**31 - 1)

    @property
    def keeps_last(self) -> bool:
        return self.keep == "last"
