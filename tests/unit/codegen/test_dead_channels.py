"""Channels that never change the answer: found, taken out, and the answer is the same."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from workbench.codegen.channel_ranges import channel_ranges
from workbench.codegen.channel_removal import without_dead_channels
from workbench.codegen.generated import Option
from workbench.codegen.network import Network
from workbench.graph.read import read_graph

GCC = shutil.which("gcc") or ""
NETWORKS = 16
ACTIVATIONS = {"NONE": 0, "RELU": 1, "RELU6": 3}
SURE = 1 << 25  # a bias that no sum of these layers' products reaches


class Builder:
    """A chain of layers with a bias and weights of the test's choice."""

    def __init__(self, files: ModuleType, shape: tuple[int, ...], seed: int = 3) -> None:
        self.files, self.random = files, np.random.default_rng(seed)
        self.tensors = [files.T(shape, scales=(0.05,), zero_point=-3)]
        self.operators: list[Any] = []
        self.last = 0

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.tensors[self.last].shape)

    def tensor(self, *arguments: Any, **named: Any) -> int:
        self.tensors.append(self.files.T(*arguments, **named))
        return len(self.tensors) - 1

    def layer(
        self,
        name: str,
        weights: np.ndarray,
        bias: np.ndarray,
        *,
        same: bool = True,
        activation: str = "RELU",
        zero_point: int = -128,
    ) -> Builder:
        """A convolution, depthwise convolution or dense layer on what there is so far."""
        depthwise, dense = name == "DEPTHWISE_CONV_2D", name == "FULLY_CONNECTED"
        count, axis = (weights.shape[3], 3) if depthwise else (weights.shape[0], 0)
        scales = self.random.uniform(0.004, 0.01, 1 if dense else count)
        given = self.tensors[self.last]
        reach = weights.size / count
        made = (given.shape[0], count) if dense else (*self._plane(weights.shape[1:3], same), count)
        spread = given.scales[0] * scales.mean() * np.sqrt(reach) * 70
        inputs = [
            self.last,
            self.tensor(weights.shape, scales=tuple(scales), constant=weights.astype(np.int8), axis=axis),
            self.tensor((count,), "int32", scales=tuple(given.scales[0] * scales), constant=bias.astype(np.int32)),
        ]
        self.last = self.tensor(made, scales=(spread,), zero_point=zero_point)
        options = {"FusedActivationFunction": ACTIVATIONS[activation]}
        if not dense:
            options |= {
                "StrideH": 1,
                "StrideW": 1,
                "DilationHFactor": 1,
                "DilationWFactor": 1,
                "Padding": int(not same),
            }
        table = {"CONV_2D": "Conv2DOptions", "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions"}.get(
            name, "FullyConnectedOptions"
        )
        options |= {"DepthMultiplier": 1} if depthwise else {}
        self.operators.append(self.files.Op(name, inputs, [self.last], table, options))
        return self

    def _plane(self, kernel: tuple[int, ...], same: bool) -> tuple[int, int, int]:
        batches, height, width = self.shape[:3]
        return (batches, height, width) if same else (batches, height - kernel[0] + 1, width - kernel[1] + 1)

    def other(self, name: str, shape: tuple[int, ...], inputs: list[int], table: str = "", **options: int) -> Builder:
        """An operator without weights, in the steps of its first input."""
        given = self.tensors[inputs[0]]
        self.last = self.tensor(shape, scales=given.scales, zero_point=given.zero_point)
        self.operators.append(self.files.Op(name, inputs, [self.last], table, options))
        return self

    def pad(self) -> Builder:
        """A row above and a column to the right."""
        around = self.tensor((4, 2), "int32", constant=np.array([[0, 0], [1, 0], [0, 1], [0, 0]], np.int32))
        batches, height, width, depth = self.shape
        return self.other("PAD", (batches, height + 1, width + 1, depth), [self.last, around], "PadOptions")

    def model(self) -> bytes:
        return bytes(self.files.build(self.files.G(self.tensors, self.operators, [0], [self.last])))

    def weights(self, *shape: int) -> np.ndarray:
        return self.random.integers(-127, 128, shape)


def random_network(files: ModuleType, seed: int) -> bytes:
    """A few layers, a pool and a dense layer, with about half of the channels dead in one way or another."""
    net = Builder(files, (1, 6, 5, 3), seed)
    pick = net.random.choice

    def dead(weights: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
        count = weights.shape[axis]
        kind = pick(5, count, p=(0.5, 0.2, 0.1, 0.1, 0.1))
        bias = np.where(kind == 1, -SURE, np.where(kind == 2, SURE, net.random.integers(-3000, 3000, count)))
        weights = np.moveaxis(weights, axis, -1)
        weights = np.moveaxis(np.where(kind == 3, 0, weights), -1, axis)
        unread = pick(2, weights.shape[-1], p=(0.9, 0.1)) if axis == 0 else np.zeros(weights.shape[-1])
        return np.where(unread, 0, weights), bias

    for _ in range(int(pick((2, 3, 4)))):
        depth, kind = net.shape[3], str(pick(("CONV_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "ADD")))
        settings = {"activation": str(pick(("NONE", "RELU", "RELU6"))), "zero_point": int(pick((-128, -128, 5)))}
        if kind == "ADD":
            before = net.last
            net.layer("CONV_2D", *dead(net.weights(depth, 1, 1, depth), 0), **settings)
            net.other("ADD", net.shape, [net.last, before], "AddOptions")
        elif kind == "DEPTHWISE_CONV_2D":
            net.layer(kind, *dead(net.weights(1, 3, 3, depth), 3), **settings)
        else:
            size, same = int(pick((1, 1, 2))), bool(pick(2))
            if pick(2):
                net.pad()
            filters = int(pick((5, 8, 12)))
            net.layer(kind, *dead(net.weights(filters, size, size, depth), 0), same=same, **settings)
    height, width, depth = net.shape[1:]
    if pick(2):
        options = {"FilterHeight": height, "FilterWidth": width, "StrideH": 1, "StrideW": 1, "Padding": 1}
        net.other("AVERAGE_POOL_2D", (1, 1, 1, depth), [net.last], "Pool2DOptions", **options)
    net.other("RESHAPE", (1, int(np.prod(net.shape))), [net.last], "ReshapeOptions")
    net.layer("FULLY_CONNECTED", *dead(net.weights(4, net.shape[1]), 0), activation="NONE", zero_point=3)
    return net.model()


@pytest.mark.skipif(not GCC, reason="no gcc")
@pytest.mark.skipif(importlib.util.find_spec("tflite_micro") is None, reason="no tflite_micro")
def test_random_networks_answer_as_the_whole_ones(files: ModuleType, host: ModuleType, tmp_path: Path) -> None:
    models = {f"network {seed}": random_network(files, seed) for seed in range(NETWORKS)}
    removed = [without_dead_channels(read_graph(model)).channels for model in models.values()]
    assert sum(count > 3 for count in removed) > NETWORKS / 3
    library = host.host_library(GCC, models, tmp_path)
    varied = 0
    for name, model in models.items():
        interpreter = host.tflm(model)
        answers = set()
        for inputs in host.random_inputs(library.networks[name], seed=1):
            (expected,), (found,) = interpreter(inputs), library.run(name, inputs)
            np.testing.assert_array_equal(found, expected, err_msg=name)
            answers.add(expected.tobytes())
        varied += len(answers) > 2
    assert varied > NETWORKS / 2


def test_a_channel_that_is_always_zero_goes_with_all_that_serves_it(files: ModuleType) -> None:
    net = Builder(files, (1, 6, 6, 3))
    bias = np.array([0, -SURE, 0, 0, -SURE, 0])
    net.layer("CONV_2D", net.weights(6, 3, 3, 3), bias)
    net.layer("DEPTHWISE_CONV_2D", net.weights(1, 3, 3, 6), np.zeros(6))
    net.pad()
    net.layer("CONV_2D", net.weights(4, 3, 3, 6), np.zeros(4))
    reduced = without_dead_channels(read_graph(net.model()))
    main = reduced.graph.main
    assert [main.tensors[operator.outputs[0]].shape[3] for operator in main.operators] == [4, 4, 4, 4]
    assert [main.tensors[operator.inputs[1]].shape for operator in main.operators if operator.name != "PAD"] == [
        (4, 3, 3, 3),
        (1, 3, 3, 4),
        (4, 3, 3, 4),
    ]
    assert reduced.channels == 4
    assert reduced.bytes == 2 * (27 + 4) + 2 * (9 + 4) + 2 * 4 * 9
    assert reduced.in_words.startswith("Removed 4 channels that never change the answer: 160")


@pytest.mark.parametrize(("size", "same", "stays"), [(3, True, 6), (3, False, 5), (1, True, 5)])
def test_a_constant_stays_where_padding_makes_it_vary(files: ModuleType, size: int, same: bool, stays: int) -> None:
    net = Builder(files, (1, 6, 6, 3))
    net.layer("CONV_2D", net.weights(6, 1, 1, 3), np.array([0, 0, SURE, 0, 0, 0]))
    net.layer("CONV_2D", net.weights(4, size, size, 6), np.zeros(4), same=same)
    main = without_dead_channels(read_graph(net.model())).graph.main
    assert main.tensors[main.operators[0].outputs[0]].shape[3] == stays


@pytest.mark.skipif(not GCC, reason="no gcc")
@pytest.mark.skipif(importlib.util.find_spec("tflite_micro") is None, reason="no tflite_micro")
def test_a_constant_that_stays_costs_nothing_of_the_speed(files: ModuleType, host: ModuleType, tmp_path: Path) -> None:
    net = Builder(files, (1, 6, 6, 4))
    net.layer("CONV_2D", net.weights(4, 3, 3, 4), np.array([0, -(1 << 30), 900, 1 << 30]), activation="NONE")
    net.layer("DEPTHWISE_CONV_2D", net.weights(1, 3, 3, 4), np.array([-(1 << 30), 7, 0, 0]))
    net.other("ADD", net.shape, [net.last, 0], "AddOptions")
    library = host.host_library(GCC, {"net": net.model()}, tmp_path)
    source = library.networks["net"].file("n0.c").content
    assert "convolution_general" not in source
    assert "depthwise_general" not in source
    on_tflm = host.tflm(net.model())
    for inputs in host.random_inputs(library.networks["net"], seed=1):
        np.testing.assert_array_equal(library.run("net", inputs)[0], on_tflm(inputs)[0])


def test_ranges_hold_what_a_layer_can_answer(files: ModuleType, host: ModuleType) -> None:
    net = Builder(files, (1, 4, 4, 2))
    net.layer(
        "CONV_2D", net.weights(8, 3, 3, 2), net.random.integers(-20000, 20000, 8), activation="NONE", zero_point=0
    )
    graph = read_graph(net.model())
    found = channel_ranges(graph.main)[graph.main.outputs[0]]
    weights = np.frombuffer(graph.main.tensors[1].data or b"", np.int8).reshape(8, -1)
    interpreter = host.tflm(net.model())
    least, most = np.full(8, 255), np.zeros(8, int)
    for filter_ in range(8):
        for sign in (-1, 1):  # the input that drives this filter, in the plane's middle, to its end
            window = np.where(sign * weights[filter_] > 0, 127, -128).reshape(3, 3, 2)
            values = np.zeros((1, 4, 4, 2), np.int8)
            values[0, :3, :3] = window
            answer = interpreter([values])[0].reshape(16, 8).astype(int) + 128
            least, most = np.minimum(least, answer.min(0)), np.maximum(most, answer.max(0))
    np.testing.assert_array_equal(found.least, least)
    np.testing.assert_array_equal(found.most, most)


def test_half_of_the_person_detector_never_counts(shared: Path) -> None:
    generated = Network(read_graph((shared / "models" / "mlperf_vww_96_int8.tflite").read_bytes())).generate(
        Option.SIZE
    )
    (note,) = generated.notes
    assert note.startswith("Removed 1,724 channels that never change the answer: 185,942")
    assert "Removed 1,724 channels" in generated.file("model.c").content
    assert generated.arena_bytes <= 37_600
