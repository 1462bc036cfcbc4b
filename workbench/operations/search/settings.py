"""How long to search, on how many processes, and what may be varied."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.fields import setting


@dataclass(frozen=True)
class SearchSettings:
    """The budget of a search and what it turns."""

    minutes: float = setting(
        10.0, title="Time", help="How long to search in all, pauses left out.", unit="min", low=0.1, high=10_000.0
    )
    processes: int = setting(
        2, help="Trials at a time on this computer; a cluster takes as many as it has workers.", low=1, high=64
    )
    folds: int = setting(
        4,
        title="Validation splits",
        help="On how many splits of what is not kept for the test each model is trained and judged. One is quick, but "
        "chooses what suits the few people or recordings that happen to be in it.",
        low=1,
        high=10,
    )
    scheduler: str = setting(
        "",
        title="Dask scheduler",
        help="Address of a cluster whose workers run the trials, such as tcp://10.0.0.5:8786; empty: this computer.",
    )
    architecture: bool = setting(True, help="Vary the kind of network, its layers, width, kernel and strides.")
    features: bool = setting(True, help="Vary the feature block and its own settings; windows stay as they are.")
    training: bool = setting(True, help="Vary learning rate, dropout and augmentation.")
    compression: bool = setting(
        True, help="Vary channels removed, sparsity, clusters, number format and how the rest learns again."
    )
    seed: int = setting(1, help="Another number tries other models first.", low=0, high=2**31 - 1)
