"""A .keras file from elsewhere: checked before Keras sees it, then read by the Keras that wrote it.

Such a file can name any class or function of any installed module, and Keras would call it; its own safe mode has
stopped this only in part. So what reaches Keras is a copy that holds nothing but layers on the list below and their
weights. Loading is for child processes: a hostile or enormous model may still end the process it is read in.
"""

from __future__ import annotations

import json
import math
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.convert.keras_size import stated_weights
from workbench.errors import BadModel, NotSupported

MAX_FILE_BYTES = 256 << 20  # of the archive, and of the weights in it
_MAX_CONFIG_BYTES = 16 << 20
_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_WEIGHTS_A_BYTE = 2  # at most: Keras stores nothing smaller than four bits
_SAVE_AGAIN = "Save it again with model.save('name.keras')."
_MAX_VALUES = 1 << 26  # of a tensor; 256 MB as float32
_MODULES = ("keras", "tf_keras")

# What may be made from a file's configuration: layers that compute with their weights alone, and what they are told.
_LAYERS = """
    Activation ActivityRegularization Add AlphaDropout Attention Average AveragePooling1D AveragePooling2D
    AdditiveAttention BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose
    Conv2D Conv2DTranspose ConvLSTM1D ConvLSTM2D Cropping1D Cropping2D Dense DepthwiseConv1D DepthwiseConv2D Dot Dropout
    ELU EinsumDense Embedding Flatten Functional GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D
    GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D GroupNormalization InputLayer LSTM LSTMCell
    LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D Maximum Minimum Model MultiHeadAttention Multiply
    Normalization PReLU Permute RMSNormalization RNN ReLU RepeatVector Rescaling Reshape Resizing SeparableConv1D
    SeparableConv2D Sequential SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D StackedRNNCells
    Subtract ThresholdedReLU TimeDistributed UnitNormalization UpSampling1D UpSampling2D ZeroPadding1D ZeroPadding2D
""".split()  # noqa: SIM905  # words are easier to read than a page of quotes
_TOLD = """
    Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity LecunNormal LecunUniform Ones Orthogonal
    RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros
    L1 L2 L1L2 OrthogonalRegularizer MaxNorm MinMaxNorm NonNeg UnitNorm
    DTypePolicy Policy FloatDTypePolicy
    __keras_tensor__ __tuple__ __numpy__ __tensor__
""".split()  # noqa: SIM905  # words are easier to read than a page of quotes
_KNOWN = frozenset(_LAYERS) | frozenset(_TOLD)


@dataclass(frozen=True)
class ModelInput:
    """One input of a model: its shape without the batch, and its type."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class LoadedModel:
    """A Keras model from a file. ``keras`` is the module that it belongs to: Keras 2 and 3 differ in names only."""

    model: Any
    inputs: tuple[ModelInput, ...]
    keras: Any

    @property
    def kernels(self) -> list[Any]:
        """The weights of two or more dimensions that pruning may touch, by layer: not depthwise kernels or biases."""
        names = ("kernel", "recurrent_kernel", "pointwise_kernel")
        return [
            variable
            for variable in self.model.trainable_weights
            if variable.name.rsplit("/", 1)[-1].removesuffix(":0") in names and len(variable.shape) > 1
        ]


def check_keras_file(path: Path) -> dict[str, Any]:
    """The parts of a .keras file by name, with nothing in them that could run; does not import Keras.

    Raises BadModel for a file that is none or asks for more than known layers.
    """
    where = str(path)
    try:
        if not path.is_file():
            raise BadModel("This is no file." if path.exists() else "There is no such file.", where=where)
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadModel(f"The file has more than {MAX_FILE_BYTES:,} bytes.", where=where)
        with zipfile.ZipFile(path) as archive:
            config = _read_json(archive, _CONFIG, where)
            metadata = _read_json(archive, _METADATA, where)
            weights = _read(archive, _WEIGHTS, MAX_FILE_BYTES, where)
    except OSError as error:
        raise BadModel(f"The file cannot be read: {error.strerror or error}.", where=where) from error
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, ArithmeticError) as error:
        raise BadModel("This is not a whole .keras file.", where=where, to_do=_SAVE_AGAIN) from error
    try:
        config = _without_training(config)
        for named in _named(config):
            _check(named, where)
        _check_size(config, len(weights), where)
    except RecursionError as error:
        raise BadModel("The model's configuration is nested too deeply.", where=where) from error
    return {_CONFIG: config, _METADATA: {"keras_version": _version(metadata, where)}, _WEIGHTS: weights}


def load_keras_file(path: Path) -> LoadedModel:
    """The model in a .keras file, for one input at a time; for child processes.

    Raises BadModel as ``check_keras_file`` does and when Keras cannot read it, NotSupported when the size of an input
    is left open, or a layer's output would not fit this computer.
    """
    parts = check_keras_file(path)
    version = parts[_METADATA]["keras_version"]
    keras = _keras(int(version.partition(".")[0]))
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        weights = Path(folder) / _WEIGHTS
        weights.write_bytes(parts[_WEIGHTS])
        _check_links(weights, str(path))
        copy = Path(folder) / "model.keras"
        with zipfile.ZipFile(copy, "w") as archive:
            archive.writestr(_CONFIG, json.dumps(parts[_CONFIG]))
            archive.writestr(_METADATA, json.dumps(parts[_METADATA]))
            archive.write(weights, _WEIGHTS)
        try:
            model = keras.models.load_model(copy, compile=False, safe_mode=True)
        except Exception as error:  # Keras raises whatever its parsers do
            raise BadModel(
                f"Keras {keras.__version__} cannot read this model of Keras {version}: {_in_one_line(error)}",
                where=str(path),
                to_do="Load it with the Keras that saved it, and save it again or convert it to .tflite there.",
            ) from error
    inputs = tuple(_inputs(model, str(path)))
    _check_values(model, inputs, str(path))
    return LoadedModel(model, inputs, keras)


def _keras(major: int) -> Any:
    """Keras 3, or the Keras 2 that lives on under another name."""
    if major >= 3:
        import keras

        return keras
    import tf_keras

    return tf_keras


def _inputs(model: Any, where: str) -> Iterator[ModelInput]:
    for number, tensor in enumerate(getattr(model, "inputs", None) or ()):
        shape = tuple(tensor.shape)[1:]
        if any(size is None for size in shape):
            words = " × ".join("?" if size is None else str(size) for size in shape)
            raise NotSupported(
                f"The model leaves the size of an input open ({words}).",
                where=where,
                to_do="Build it with a fixed input size: a microcontroller's memory is planned ahead.",
            )
        dtype = tensor.dtype if isinstance(tensor.dtype, str) else tensor.dtype.name
        yield ModelInput(f"input_{number}", tuple(int(size) for size in shape), dtype)


def _read(archive: zipfile.ZipFile, name: str, most: int, where: str) -> bytes:
    try:
        entry = archive.getinfo(name)
    except KeyError as error:
        raise BadModel(f"The file has no {name}: it is no Keras model.", where=where, to_do=_SAVE_AGAIN) from error
    with archive.open(entry) as file:
        content = file.read(most + 1)  # whatever size the archive claims
    if len(content) > most:
        raise BadModel(f"Its {name} has more than {most:,} bytes.", where=where)
    return content


def _read_json(archive: zipfile.ZipFile, name: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(_read(archive, name, _MAX_CONFIG_BYTES, where))
    except (ValueError, RecursionError) as error:
        raise BadModel(f"Its {name} is damaged.", where=where, to_do=_SAVE_AGAIN) from error
    if not isinstance(found, dict):
        raise BadModel(f"Its {name} is damaged.", where=where, to_do=_SAVE_AGAIN)
    return found


def _version(metadata: dict[str, Any], where: str) -> str:
    version = str(metadata.get("keras_version", ""))
    if not version.partition(".")[0].isdecimal():
        raise BadModel("The file does not say which Keras saved it.", where=where, to_do=_SAVE_AGAIN)
    return version[:20]


def _without_training(part: Any) -> Any:
    """The configuration without losses, optimizers and metrics, which may be anything and are not needed."""
    if isinstance(part, dict):
        return {key: _without_training(value) for key, value in part.items() if key != "compile_config"}
    return [_without_training(value) for value in part] if isinstance(part, list) else part


def _named(part: Any) -> Iterator[dict[str, Any]]:
    """Every piece of the configuration that names a class, a function or a module."""
    if isinstance(part, dict):
        if part.keys() & {"class_name", "module", "registered_name"}:
            yield part
        for value in part.values():
            yield from _named(value)
    elif isinstance(part, list):
        for value in part:
            yield from _named(value)


def _check(named: dict[str, Any], where: str) -> None:
    name, module, registered = (named.get(key) for key in ("class_name", "module", "registered_name"))
    if name in ("Lambda", "__lambda__"):
        raise BadModel(
            "The model holds a Lambda layer, which is a program; programs from files are not run.",
            where=where,
            to_do="Replace it by layers that Keras has, or convert the model to .tflite where you trust it.",
        )
    known_module = module is None or (isinstance(module, str) and module.partition(".")[0] in _MODULES)
    plain = registered is None or registered == name or str(registered).partition(">")[0] in _MODULES
    if not isinstance(name, str) or name not in _KNOWN or not (known_module or name.startswith("__")) or not plain:
        raise BadModel(
            f"The model asks for {_shown(module, name)}, which is no layer that is known to be safe.",
            where=where,
            to_do="Build it from plain Keras layers, or convert it to .tflite where you trust it.",
        )


def _check_size(config: dict[str, Any], stored: int, where: str) -> None:
    """Raise BadModel for layers that are larger than the weights beside them: Keras would make room for all of them."""
    stated = stated_weights(config)
    if stated > stored * _WEIGHTS_A_BYTE:
        raise BadModel(
            f"The model's layers have {stated:,} weights, and the file holds {stored:,} bytes of them.",
            where=where,
            to_do=_SAVE_AGAIN,
        )


def _check_values(model: Any, inputs: Iterable[ModelInput], where: str) -> None:
    """Raise NotSupported for layers that hand on more values than a computer could compute an example with."""
    handed_on = [("input", one.shape) for one in inputs]
    handed_on += [(layer.name, shape) for layer in _layers(model) for shape in _output_shapes(layer)]
    for name, shape in handed_on:
        values = math.prod(shape)
        if values > _MAX_VALUES:
            raise NotSupported(
                f"The model's layer {name[:80]!r} hands on {values:,} values.",
                where=where,
                to_do=f"No more than {_MAX_VALUES:,} are converted, and boards have room for far fewer.",
            )


def _layers(model: Any) -> Iterator[Any]:
    """The layers of a model and of the models in it."""
    for layer in getattr(model, "layers", ()):
        yield layer
        yield from _layers(layer)


def _output_shapes(layer: Any) -> list[tuple[int, ...]]:
    """The shapes of what a layer hands on, without the batch; none where it is used more than once."""
    try:
        outputs = layer.output
    except (AttributeError, RuntimeError, ValueError):  # of Keras 2, or used nowhere or several times
        return []
    tensors = outputs if isinstance(outputs, list | tuple) else [outputs]
    return [tuple(size or 1 for size in tensor.shape[1:]) for tensor in tensors]


def _shown(module: Any, name: Any) -> str:
    whole = f"{module}.{name}" if module else str(name)
    return repr(whole[:80])


def _check_links(weights: Path, where: str) -> None:
    """Weights lie in the file itself: HDF5 can refer to any other file of this computer."""
    import h5py

    def look(group: Any) -> None:
        for name in group:
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise BadModel("Its weights refer to another file.", where=where)
            one = group[name]
            if isinstance(one, h5py.Group):
                look(one)
            elif one.external or one.is_virtual:
                raise BadModel("Its weights refer to another file.", where=where)

    try:
        with h5py.File(weights, "r") as file:
            look(file)
    except (OSError, KeyError, ValueError, RuntimeError, RecursionError) as error:
        raise BadModel("Its weights are damaged.", where=where, to_do=_SAVE_AGAIN) from error


def _in_one_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".") + "."
