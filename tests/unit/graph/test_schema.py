"""The schema's numbers, against the schema package generated from schema.fbs."""

from __future__ import annotations

import importlib
import re

import tflite

from workbench.graph import schema
from workbench.graph.model import DTYPE_BYTES


def numbers(cls: type) -> dict[int, str]:
    return {value: name for name, value in vars(cls).items() if isinstance(value, int)}


def test_operators() -> None:
    assert dict(enumerate(schema.OPERATORS)) == numbers(tflite.BuiltinOperator)


def test_element_types() -> None:
    assert [name.upper() for name in schema.DTYPES] == list(numbers(tflite.TensorType).values())
    assert set(DTYPE_BYTES) <= set(schema.DTYPES)


def test_enumerations() -> None:
    generated = {
        "padding": tflite.Padding,
        "activation": tflite.ActivationFunctionType,
        "mirror": tflite.MirrorPadMode,
        "weights": tflite.FullyConnectedOptionsWeightsFormat,
        "lstm": tflite.LSTMKernelType,
    }
    for name, cls in generated.items():
        assert dict(enumerate(schema.ENUMERATIONS[name])) == numbers(cls)


def test_options_have_the_generated_slots_and_kinds() -> None:
    """Slot, type and default of every option field, as the generated accessors read them."""
    types = numbers(tflite.BuiltinOptions)
    scalars = {"Int32": "i32", "Uint32": "u32", "Float32": "f32", "Bool": "bool", "Int8": "i8"}
    for number, options in schema.OPTIONS.items():
        module = importlib.import_module(f"tflite.{types[number]}")
        with open(module.__file__ or "", encoding="utf-8") as file:  # noqa: PTH123
            source = file.read()
        for option in options:
            accessor = "".join(part.capitalize() for part in option.name.split("_"))
            body = re.search(rf"    def {accessor}\(self(?:, j)?\):\n((?:.+\n)+)", source, re.IGNORECASE)
            assert body, (types[number], option.name)
            assert f"Offset({4 + 2 * option.slot})" in body[1], (types[number], option.name)
            kind = option.kind.removesuffix("[]")
            if kind != "text":
                stored = [scalars[word] for word in re.findall(r"number_types\.(\w+)Flags", body[1]) if word in scalars]
                assert stored[0] == ("i8" if kind in schema.ENUMERATIONS else kind), (types[number], option.name)
            default = re.search(r"return (\S+)\s*$", body[1].rstrip())
            assert default, option.name
            if not option.kind.endswith("[]") and kind != "text":
                assert float(option.default) == float({"True": 1, "False": 0}.get(default[1], default[1]))
