"""Quantization-aware training. For child processes."""

from __future__ import annotations

from typing import Any

from workbench.compression.prune import copied
from workbench.errors import NotSupported
from workbench.jobs import Job
from workbench.training.fit import Examples, FitPlan, Teacher, fit


def train_for_int8(
    model: Any,
    train: Examples,
    validation: Examples,
    *,
    sparse: bool,
    clustered: bool,
    plan: FitPlan,
    job: Job,
    teacher: Teacher | None = None,
) -> Any:
    """A copy of ``model`` (tf_keras) that computes as int8 will and was trained on so; for the converter to int8.

    Weights that are zero (``sparse``), or share values (``clustered``), stay so. The model itself stays as it is.
    Raises NotSupported for layers that cannot be trained so.
    """
    from tensorflow_model_optimization.python.core.quantization.keras.collab_opts.cluster_preserve import (
        default_8bit_cluster_preserve_quantize_scheme as clusters,
    )
    from tensorflow_model_optimization.python.core.quantization.keras.collab_opts.prune_preserve import (
        default_8bit_prune_preserve_quantize_scheme as zeros,
    )
    from tensorflow_model_optimization.python.core.quantization.keras.default_8bit import (
        default_8bit_quantize_scheme as plain,
    )
    from tensorflow_model_optimization.quantization import keras as quantization_keras

    if clustered:
        scheme = clusters.Default8BitClusterPreserveQuantizeScheme(preserve_sparsity=sparse)
    else:
        scheme = zeros.Default8BitPrunePreserveQuantizeScheme() if sparse else plain.Default8BitQuantizeScheme()
    try:
        annotated = quantization_keras.quantize_annotate_model(copied(model))
        aware = quantization_keras.quantize_apply(annotated, scheme)
    except (RuntimeError, ValueError) as error:
        raise NotSupported(
            f"This model cannot be trained quantization-aware: {str(error).strip().splitlines()[0][:200]}",
            to_do="Switch it off; int8 after training works without.",
        ) from error
    fit(aware, train, validation, plan, job, title="Quantization-aware training", teacher=teacher)
    return aware
