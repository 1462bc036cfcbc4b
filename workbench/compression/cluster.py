"""Weights that share a few values, with fine-tuning of these values. For child processes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from workbench.compression.prune import copied
from workbench.jobs import Job
from workbench.training.fit import Examples, FitPlan, Teacher, fit


def cluster(
    model: Any,
    train: Examples,
    validation: Examples,
    *,
    clusters: int,
    layers: Collection[str],
    plan: FitPlan,
    job: Job,
    teacher: Teacher | None = None,
) -> Any:
    """A copy of ``model`` (tf_keras) whose ``layers`` have at most ``clusters`` different weights each, trained on.

    Values are evenly spaced at first; weights that are zero stay so. The model itself stays as it is.
    """
    import tf_keras
    from tensorflow_model_optimization.clustering import keras as clustering_keras
    from tensorflow_model_optimization.python.core.clustering.keras.experimental import cluster as with_zeros

    def wrapper(layer: Any) -> Any:
        if layer.name not in layers:
            return layer
        kernel = np.asarray(layer.kernel)
        return with_zeros.cluster_weights(
            layer,
            number_of_clusters=max(2, min(clusters, len(np.unique(kernel)))),
            cluster_centroids_init=clustering_keras.CentroidInitialization.LINEAR,
            preserve_sparsity=bool((kernel == 0).any()),
        )

    wrapped = tf_keras.models.clone_model(copied(model), clone_function=wrapper)
    fit(wrapped, train, validation, plan, job, title="Sharing weights", teacher=teacher)
    return clustering_keras.strip_clustering(wrapped)
