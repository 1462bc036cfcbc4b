"""The files of a network: its header, its steps in an arena, its constants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench import __version__
from workbench.codegen.c_text import c_comment, c_float, c_shape, c_string
from workbench.codegen.call_records import CallRecords, plain_calls, recorded_calls
from workbench.codegen.constants import Constants
from workbench.codegen.generated import GeneratedStep, Port, SourceFile, port_function
from workbench.codegen.kernel_files import kernel_files
from workbench.codegen.lowering import Array, Lowered

C_TYPES = {"int8": "int8_t", "int16": "int16_t", "int32": "int32_t", "float32": "float"}
_RANGES = {"int8": (-128, 127), "int16": (-32768, 32767), "int32": (-(1 << 31), (1 << 31) - 1)}
_ALWAYS = ("compiler.h",)
_ANY_ADDRESS = "__ARM_FEATURE_UNALIGNED"  # in assembly that loads words from any address


@dataclass(frozen=True)
class PlacedPort:
    """An input or output, and where it lies in the arena."""

    port: Port
    offset: int

    @property
    def elements(self) -> int:
        elements = 1
        for size in self.port.shape:
            elements *= size
        return elements

    @property
    def c_type(self) -> str:
        return C_TYPES[self.port.dtype]


@dataclass(frozen=True)
class Part:
    """A step of an invocation: what is called, and ``in_words`` what that does."""

    step: GeneratedStep
    lowered: Lowered
    in_words: str = ""

    @property
    def number(self) -> int:
        """That of the operator in the model; what belongs to none goes by the first one's."""
        return self.step.operator or 0

    @property
    def head(self) -> str:
        """The comment above the step's function."""
        return f"/* {c_comment(self.in_words)} */\n" if self.in_words else ""


@dataclass(frozen=True, eq=False)
class State:
    """A variable in the arena, and the bytes it starts with."""

    offset: int
    start: NDArray[np.uint8]


@dataclass(frozen=True)
class Rendered:
    """The files, and the bytes of constants in flash that come from the model."""

    files: tuple[SourceFile, ...]
    weights_bytes: int


@dataclass(frozen=True)
class Sources:
    """All that a network's files are made of.

    ``banner`` are lines of the comment at their top; ``alignment`` is the arena's, in bytes. ``compact`` files call
    kernels in less code and a few instructions more.
    """

    prefix: str
    banner: tuple[str, ...]
    inputs: tuple[PlacedPort, ...]
    outputs: tuple[PlacedPort, ...]
    labels: tuple[str, ...]
    arena_bytes: int
    alignment: int
    parts: tuple[Part, ...]
    compact: bool = False
    states: tuple[State, ...] = ()

    def render(self) -> Rendered:
        """The header, the source, the constants and the kernels."""
        constants = Constants(self.prefix)
        called = [(part.number, part.lowered) for part in self.parts]
        calls = (recorded_calls if self.compact else plain_calls)(called, constants)
        behind = max((part.number for part in self.parts), default=-1) + 1
        starts = [self._start(number, state, constants) for number, state in enumerate(self.states, behind)]
        kernels = list(dict.fromkeys(name for part in self.parts for name in part.lowered.kernels))
        if self._flipped():
            kernels.append("sign.c")
        headers = [f"{self.prefix}.h", f"{self.prefix}_compiler.h"]
        headers += [f"{self.prefix}_{name.removesuffix('.c')}.h" for name in sorted(kernels) if name.endswith(".c")]
        with_headers = (*_ALWAYS, *kernels, *(f"{n.removesuffix('.c')}.h" for n in kernels if n.endswith(".c")))
        shared = kernel_files(with_headers, self.prefix)
        about = self._about(constants.weights_bytes, shared)
        own_files = [SourceFile(f"{self.prefix}.h", self._banner() + about + self._header(constants.weights_bytes))]
        if constants.arrays:
            headers.append(f"{self.prefix}_weights.h")
            own_files += self._weights(constants)
        source = self._source(headers, constants, calls, starts)
        own_files.append(SourceFile(f"{self.prefix}.c", self._banner() + source))
        files = (*own_files, *(SourceFile(file.name, self._banner() + file.content) for file in shared))
        return Rendered(files, constants.weights_bytes)

    def _banner(self) -> str:
        lines = "\n".join(f" * {c_comment(line)}" for line in self.banner)
        return f"/* SPDX-License-Identifier: 0BSD\n *\n{lines}\n */\n"

    def _about(self, weights_bytes: int, kernels: Sequence[SourceFile]) -> str:
        """How to use the files, and what they take, at the top of the header."""
        prefix = self.prefix
        assembly = [file.content for file in kernels if file.name.endswith(".S")]
        sources = "every .c and .S file" if assembly else "every .c file"
        lines = [
            f"Fill {prefix}_input(), call {prefix}_invoke(), read {prefix}_output();",
            f"{prefix}_run() does all of that with copies of real values.",
            f"Compile {sources} beside this one as C99: no library but the compiler's own, nothing allocated.",
            "There is one arena: no two calls at a time, from threads or interrupts.",
            f"RAM: {self.arena_bytes:,} bytes, inputs and outputs included, and a few hundred of stack.",
            f"Flash: {weights_bytes:,} bytes of weights and tables, and the code.",
        ]
        if any(_ANY_ADDRESS in text for text in assembly):
            lines += [
                "Assembly for cores with DSP loads words from any address: where CCR.UNALIGN_TRP is set, compile with",
                "-mno-unaligned-access, and C takes its place.",
            ]
        return "/*\n" + "\n".join(f" * {line}" for line in lines) + "\n */\n"

    def _header(self, weights_bytes: int) -> str:
        upper = self.prefix.upper()
        lines = [f"#ifndef {upper}_H", f"#define {upper}_H", "", "#include <stdint.h>", ""]
        lines += ["#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
        lines += [f"/* Static RAM, inputs and outputs included. */\n#define {upper}_ARENA_BYTES {self.arena_bytes}"]
        lines += [f"/* Constants in flash. */\n#define {upper}_WEIGHTS_BYTES {weights_bytes}", ""]
        for place, placed in enumerate(self.inputs):
            lines += self._port(placed, port_function(self.prefix, "input", place), "fill it before every invocation")
        for place, placed in enumerate(self.outputs):
            function = port_function(self.prefix, "output", place)
            lines += self._port(placed, function, "read it before an input is filled again", "const ")
        lines += ["/* Run the network once; 0 when it has run. The input's bytes may be overwritten. */"]
        lines += [f"int {self.prefix}_invoke(void);", ""]
        if self.states:
            lines += ["/* Forget what earlier invocations left; the first one begins so. */"]
            lines += [f"void {self.prefix}_reset(void);", ""]
        lines += ["/* The same with copies of real values, as many as the sizes above: quantize, run, dequantize. */"]
        lines += [f"int {self._run_head()};", ""]
        if self.labels:
            lines += [f"#define {upper}_LABELS {len(self.labels)}"]
            lines += [f"extern const char *const {self.prefix}_labels[{upper}_LABELS];", ""]
        lines += ["#ifdef __cplusplus", "}", "#endif", "", "#endif", ""]
        return "\n".join(lines)

    def _port(self, placed: PlacedPort, function: str, what: str, const: str = "") -> list[str]:
        upper = function.upper()
        lines = [f"/* {c_comment(placed.port.name)}: {c_shape(placed.port.shape)}; {what}."]
        if placed.port.dtype != "float32":
            lines[-1] += f" real = {upper}_SCALE * (q - {upper}_ZERO_POINT)"
        lines[-1] += " */"
        lines += [f"#define {upper}_SIZE {placed.elements}"]
        if placed.port.dtype != "float32":
            lines += [f"#define {upper}_SCALE {c_float(placed.port.scale)}"]
            lines += [f"#define {upper}_ZERO_POINT {_signed(placed.port.zero_point)}"]
        return [*lines, f"{const}{placed.c_type} *{function}(void);", ""]

    def _weights(self, constants: Constants) -> list[SourceFile]:
        guard = f"{self.prefix.upper()}_WEIGHTS_H"
        head = [f"#ifndef {guard}", f"#define {guard}", "", "#include <stdint.h>", "", *constants.declarations, ""]
        source = [f'#include "{self.prefix}_weights.h"', "", f'#include "{self.prefix}_compiler.h"', ""]
        return [
            SourceFile(f"{self.prefix}_weights.h", self._banner() + "\n".join((*head, "#endif", ""))),
            SourceFile(f"{self.prefix}_weights.c", self._banner() + "\n".join((*source, *constants.arrays, ""))),
        ]

    def _start(self, number: int, state: State, constants: Constants) -> str:
        """A loop that gives a variable what it starts with."""
        same = (state.start == state.start[:1]).all()
        value = str(state.start[0]) if same else f"{constants.argument(number, Array('start', state.start))}[i]"
        place = f"{self.prefix}_arena[{state.offset} + i]"
        return f"    for (i = 0; i < {state.start.size}; i++) {{\n        {place} = {value};\n    }}"

    def _source(self, headers: Sequence[str], constants: Constants, calls: CallRecords, starts: Sequence[str]) -> str:
        prefix, upper = self.prefix, self.prefix.upper()
        lines = [f'#include "{headers[0]}"', "", "#include <stddef.h>", ""]
        lines += [f'#include "{name}"' for name in headers[1:]]
        lines += ["", f"static {upper}_ALIGNED({self.alignment}) uint8_t {prefix}_arena[{upper}_ARENA_BYTES];", ""]
        for record in constants.records:
            lines += [record, ""]
        lines += calls.definitions
        for part, call in zip(self.parts, calls.statements, strict=True):
            lines += [f"{part.head}static {upper}_NOINLINE void {part.step.symbol}(void)", "{", f"    {call}", "}", ""]
        lines += [*self._steps(), *self._accessors(), *self._reset(starts), *self._invoke(), *self._run()]
        if self.labels:
            labels = ",\n".join(f"    {c_string(label)}" for label in self.labels)
            lines += [f"const char *const {prefix}_labels[{upper}_LABELS] = {{", labels, "};", ""]
        return "\n".join(lines)

    def _steps(self) -> list[str]:
        if not self.parts:
            return []
        symbols = [f"    {part.step.symbol}," for part in self.parts]
        return [f"static void (*const {self.prefix}_steps[])(void) = {{", *symbols, "};", ""]

    def _accessors(self) -> list[str]:
        lines = []
        for ports, kind, const in ((self.inputs, "input", ""), (self.outputs, "output", "const ")):
            for place, placed in enumerate(ports):
                function = port_function(self.prefix, kind, place)
                pointer = f"({const}{placed.c_type} *)(void *)({self.prefix}_arena + {placed.offset})"
                lines += [f"{const}{placed.c_type} *{function}(void)", "{", f"    return {pointer};", "}", ""]
        return lines

    def _reset(self, starts: Sequence[str]) -> list[str]:
        """The variables' beginning, before the first invocation and whenever one wants."""
        if not starts:
            return []
        started = f"{self.prefix}_started"
        head = [f"static uint8_t {started};", "", f"void {self.prefix}_reset(void)", "{", "    size_t i;", ""]
        return [*head, *starts, f"    {started} = 1;", "}", ""]

    def _flipped(self) -> bool:
        return any(placed.port.dtype == "int8" for placed in (*self.inputs, *self.outputs))

    def _invoke(self) -> list[str]:
        lines = [f"int {self.prefix}_invoke(void)", "{"]
        if self.parts:
            lines += ["    size_t step;", ""]
        if self.states:
            lines += [f"    if (!{self.prefix}_started) {{", f"        {self.prefix}_reset();", "    }"]
        lines += self._flips(self.inputs)
        if self.parts:
            steps = f"{self.prefix}_steps"
            lines += [f"    for (step = 0; step < sizeof {steps} / sizeof *{steps}; step++) {{"]
            lines += [f"        {steps}[step]();", "    }"]
        return [*lines, *self._flips(self.outputs), "    return 0;", "}", ""]

    def _flips(self, ports: Iterable[PlacedPort]) -> list[str]:
        """int8 to what the kernels compute with, or back; once where two ports are the same bytes."""
        sizes = {placed.offset: -(-placed.elements // 4) for placed in ports if placed.port.dtype == "int8"}
        arena = f"{self.prefix}_arena"
        flip = f"{self.prefix}_flip_signs"
        return [f"    {flip}((uint32_t *)(void *)({arena} + {at}), {words});" for at, words in sizes.items()]

    def _run_head(self) -> str:
        inputs = [f"const float *{port_function('', 'input', place)[1:]}" for place in range(len(self.inputs))]
        outputs = [f"float *{port_function('', 'output', place)[1:]}" for place in range(len(self.outputs))]
        return f"{self.prefix}_run({', '.join((*inputs, *outputs))})"

    def _run(self) -> list[str]:
        prefix = self.prefix
        lines = list(_rounded(prefix)) if any(p.port.dtype != "float32" for p in self.inputs) else []
        lines += [f"int {self._run_head()}", "{"]
        for place, placed in enumerate(self.inputs):
            function = port_function(prefix, "input", place)
            lines += [f"    {placed.c_type} *const to_{place} = {function}();"]
        for place, placed in enumerate(self.outputs):
            function = port_function(prefix, "output", place)
            lines += [f"    const {placed.c_type} *const from_{place} = {function}();"]
        lines += ["    int status;", "    size_t i;", ""]
        for place, placed in enumerate(self.inputs):
            upper = port_function(prefix, "input", place).upper()
            value = f"{port_function('', 'input', place)[1:]}[i]"
            if placed.port.dtype != "float32":
                low, high = _RANGES[placed.port.dtype]
                bounds = f"{_signed(low)}, {_signed(high)}"
                quantized = f"{prefix}_quantized({value} / {upper}_SCALE, {upper}_ZERO_POINT, {bounds})"
                value = quantized if placed.port.dtype == "int32" else f"({placed.c_type}){quantized}"
            lines += [f"    for (i = 0; i < {upper}_SIZE; i++) {{", f"        to_{place}[i] = {value};", "    }"]
        lines += [f"    status = {prefix}_invoke();"]
        for place, placed in enumerate(self.outputs):
            upper = port_function(prefix, "output", place).upper()
            value = f"from_{place}[i]"
            if placed.port.dtype != "float32":
                value = f"{upper}_SCALE * (float)({value} - {upper}_ZERO_POINT)"
            target = f"{port_function('', 'output', place)[1:]}[i]"
            lines += [f"    for (i = 0; i < {upper}_SIZE; i++) {{", f"        {target} = {value};", "    }"]
        return [*lines, "    return status;", "}", ""]


def _rounded(prefix: str) -> Iterable[str]:
    """The C function that rounds as numpy's rint: halves to even, and NaN to the zero point."""
    return f"""\
/* steps rounded, halves to even, plus the zero point, held within low..high; NaN becomes the zero point. */
static int32_t {prefix}_quantized(float steps, int32_t zero_point, int32_t low, int32_t high)
{{
    int32_t whole;
    float rest;

    if (steps != steps) {{
        return zero_point;
    }}
    if (steps <= (float)low - (float)zero_point) {{
        return low;
    }}
    if (steps >= (float)high - (float)zero_point) {{
        return high;
    }}
    whole = (int32_t)steps;
    rest = steps - (float)whole;
    if (rest > 0.5f || (rest >= 0.5f && whole % 2 != 0)) {{
        whole++;
    }} else if (rest < -0.5f || (rest <= -0.5f && whole % 2 != 0)) {{
        whole--;
    }}
    return whole + zero_point;
}}
""".split("\n")


def _signed(value: int) -> str:
    """A number that may stand behind a minus sign."""
    if value == _RANGES["int32"][0]:
        return "(-2147483647 - 1)"
    return f"({value})" if value < 0 else str(value)


def banner(command: str, made_from: str, notes: Sequence[str] = ()) -> tuple[str, ...]:
    """Who made the files, with which command, out of which model, and what may be done with them."""
    return (
        f"Generated by workbench {__version__}; do not edit." + (f" {made_from}" if made_from else ""),
        *((command,) if command else ()),
        *notes,
        "This file is yours: use, copy, change and sell it as you like, without any condition or warranty (0BSD).",
    )


def symbol(prefix: str, operator: int, name: str) -> str:
    """The C function of an operator's step."""
    return f"{prefix}_op_{operator}_{re.sub(r'[^a-z0-9]+', '_', name.lower())}"
