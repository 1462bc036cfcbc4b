"""A network as plain C: planned, each operator lowered to a call of a kernel, rendered."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.codegen.c_text import c_shape
from workbench.codegen.channel_removal import without_dead_channels
from workbench.codegen.generated import Generated, GeneratedStep, Option, Port
from workbench.codegen.lowering import Array, Lowered, Placed, Pointers, Struct
from workbench.codegen.operators.coded import CODED_LOWERINGS, coding_of
from workbench.codegen.operators.table import LOWERINGS
from workbench.codegen.quantization import stored_values
from workbench.codegen.render import C_TYPES, Part, PlacedPort, Sources, State, banner, symbol
from workbench.errors import BadSetting, NotSupported
from workbench.graph.model import Graph, Operator, Subgraph, Tensor
from workbench.memory.plain_c.call import Call, is_computed
from workbench.memory.plain_c.orders.table import Variants, variants
from workbench.memory.plain_c.plan import PlainCPlan, plan_plain_c
from workbench.memory.plain_c.prove import check_plain_c
from workbench.memory.plain_c.storage import ALIGNMENT, check_size, has_code
from workbench.memory.plain_c.variables import first_values, variables
from workbench.memory.plain_c.weight_coding import WeightCoding
from workbench.quantities import exact_bytes

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
# <prefix>.h must not stand in the place of a header of C.
_HEADERS = (
    "assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdarg stdbool "
    "stddef stdint stdio stdlib string tgmath time wchar wctype"
)


@dataclass(frozen=True)
class Network:
    """A ``Deployable`` network.

    ``labels`` name the classes of its output. ``made_from`` (such as a file's name and hash) and ``command`` go into
    the banner of the files. With ``coded``, weights that take clearly less flash without their zeros or in a palette
    are stored so, which most often costs time.
    """

    graph: Graph
    labels: tuple[str, ...] = ()
    made_from: str = ""
    command: str = ""
    coded: bool = True

    def generate(self, option: Option, prefix: str = "model") -> Generated:
        """The C files; NotSupported, naming all that is missing, when some operator has no kernel."""
        check_prefix(prefix)
        missing = list(missing_in(self.graph, option))
        if missing:
            raise NotSupported(
                " ".join(missing),
                to_do=f"{_to_int8(self.graph)}Choose a TensorFlow Lite Micro engine, or change the model.",
            )
        reduced = without_dead_channels(self.graph)
        plan = plan_plain_c(reduced.graph)
        check_plain_c(plan, reduced.graph)
        offsets = _offsets(plan)
        main = reduced.graph.main
        placed = list(_placed(main, plan, offsets, option))
        codings = [coding_of(one) if self.coded else None for one in placed]
        parts = tuple(_part(one, coding, prefix) for one, coding in zip(placed, codings, strict=True))
        notes = tuple(note for note in (reduced.in_words, *_coded_in_words(placed, codings)) if note)
        sources = Sources(
            prefix,
            banner(self.command, self.made_from, notes),
            tuple(_placed_port(tensor, offsets) for tensor in main.input_tensors),
            tuple(_placed_port(tensor, offsets) for tensor in main.output_tensors),
            self.labels,
            plan.plan.arena_bytes,
            max((ALIGNMENT, *(tensor.bytes // max(tensor.elements, 1) for tensor in main.tensors))),
            parts,
            compact=option is Option.SIZE,
            states=tuple(_states(self.graph, offsets)),
        )
        rendered = sources.render()
        return Generated(
            prefix,
            option,
            rendered.files,
            tuple(placed.port for placed in sources.inputs),
            tuple(placed.port for placed in sources.outputs),
            sources.arena_bytes,
            tuple(part.step for part in parts),
            notes,
            rendered.weights_bytes,
        )


def _to_int8(graph: Graph) -> str:
    """Advice for a model of real numbers."""
    computed = {tensor.dtype for operator in graph.main.operators for tensor in Call(operator, graph.main).outputs}
    return "Make an int8 variant of it. " if computed == {"float32"} else ""


def _placed(main: Subgraph, plan: PlainCPlan, offsets: Mapping[int, int], option: Option) -> Iterator[Placed]:
    """The operators that have code, in the plan's order."""
    scratch = {p.first_op: p.offset for p in plan.plan.placements if p.tensor is None}
    for step, (number, access) in enumerate(zip(plan.order, plan.accesses, strict=True)):
        call = Call(main.operators[number], main)
        if has_code(call):
            yield Placed(call, access, option, offsets, scratch.get(step))


def _part(placed: Placed, coding: WeightCoding | None, prefix: str) -> Part:
    """A step of an invocation."""
    number, name = placed.call.operator.index, placed.call.operator.name
    lowered = LOWERINGS[name](placed) if coding is None else CODED_LOWERINGS[name](placed, coding)
    step = GeneratedStep(symbol(prefix, number, name), number, name, _constant_bytes(lowered))
    return Part(step, lowered, _in_words(placed))


def _in_words(placed: Placed) -> str:
    """What an operator takes and makes, and where in the arena, for a reader of its C."""
    call = placed.call
    given = [_at(tensor, placed) for tensor in call.inputs if is_computed(tensor) and tensor is not None]
    made = [_at(tensor, placed) for tensor in call.outputs]
    scratch = "" if placed.scratch is None else f"; scratch at {placed.scratch}"
    return f"{call.operator.name}: {', '.join(given) or 'nothing'} to {', '.join(made) or 'nothing'}{scratch}"


def _at(tensor: Tensor, placed: Placed) -> str:
    at = f" at {placed.offsets[tensor.index]}" if tensor.index in placed.offsets else ""
    return f"{tensor.dtype} {c_shape(tensor.shape)}{at}"


def _coded_in_words(placed: Sequence[Placed], codings: Sequence[WeightCoding | None]) -> Iterator[str]:
    """What coded weights save, for people; nothing when none are."""
    sizes = [
        (one.call.input(1).bytes, coding.bytes, coding.in_words)
        for one, coding in zip(placed, codings, strict=True)
        if coding is not None
    ]
    if sizes:
        before, after, forms = zip(*sizes, strict=True)
        layers = "1 layer takes" if len(sizes) == 1 else f"{len(sizes)} layers take"
        how = "; ".join(dict.fromkeys(forms))
        yield f"The weights of {layers} {exact_bytes(sum(after))} instead of {exact_bytes(sum(before))} ({how})."


def _states(graph: Graph, offsets: Mapping[int, int]) -> Iterator[State]:
    """The variables, each with what CALL_ONCE assigns, else with its zero point."""
    starts = dict(first_values(graph))
    for name, variable in variables(graph.main).items():
        first = starts.get(name)
        if first is not None and (first.bytes, first.dtype) != (variable.value.bytes, variable.value.dtype):
            raise NotSupported(f"The variable {name[1]!r} starts with a value of another size.")
        values = stored_values(_zeros(variable.value) if first is None else first)
        yield State(offsets[variable.handles[0]], np.frombuffer(values.tobytes(), np.uint8))


def _zeros(tensor: Tensor) -> Tensor:
    """A tensor whose values are all its zero point."""
    zero_point = tensor.quantization.zero_points[0] if tensor.quantization else 0
    values = np.full(tensor.elements, zero_point, tensor.dtype)
    return dataclasses.replace(tensor, data=values.tobytes())


def check_prefix(prefix: str) -> None:
    """Raise BadSetting when a prefix makes no C names, or no file names of its own."""
    if not _PREFIX.fullmatch(prefix) or prefix.lower() in _HEADERS.split():
        raise BadSetting(
            f"{prefix!r} is no prefix for names in C.",
            to_do="Take a letter, then letters, digits or _, 31 at most, and no name of a C header.",
        )


def missing_in(graph: Graph, option: Option) -> Iterator[str]:
    """What the engine cannot do with a model, one sentence each, with its places; nothing when all is there."""
    check_size(graph.main)
    known: dict[object, Variants] = {}
    refused: dict[str, list[Operator]] = {}  # by the reason
    nowhere = {tensor.index: 0 for tensor in graph.main.tensors}
    for operator in graph.main.operators:
        call = Call(operator, graph.main)
        try:
            if not has_code(call):
                continue
            orders = variants(call, known)
            lowering = LOWERINGS.get(operator.name)
            if lowering is None:
                raise call.refusal("has no kernel in plain C.")
            lowering(Placed(call, orders[0][0], option, nowhere, 0))
        except NotSupported as error:
            refused.setdefault(error.what.removeprefix(f"{operator.name} "), []).append(operator)
    for what, operators in refused.items():
        named = ", ".join(f"{operator.index} ({operator.name})" for operator in operators)
        yield f"Operator {named} {what}" if len(operators) == 1 else f"Operators {named}: each {what}"
    try:
        list(first_values(graph))
    except NotSupported as error:
        yield f"{error.where}: {error.what}"
    for tensor in (*graph.input_tensors, *graph.output_tensors):
        if tensor.dtype not in C_TYPES or tensor.data is not None or not tensor.bytes:
            yield f"{tensor.name!r}: an input or output of {tensor.dtype} and shape {tensor.shape} cannot be one here."


def _offsets(plan: PlainCPlan) -> dict[int, int]:
    """The arena offset of each computed tensor, those that are another shape of one included."""
    return {
        tensor: placement.offset
        for placement in plan.plan.placements
        if placement.tensor is not None
        for tensor in (placement.tensor, *placement.reshaped)
    }


def _placed_port(tensor: Tensor, offsets: Mapping[int, int]) -> PlacedPort:
    given = tensor.quantization
    scale, zero_point = (given.scales[0], given.zero_points[0]) if given else (1.0, 0)
    return PlacedPort(Port(tensor.name, tensor.shape, tensor.dtype, scale, zero_point), offsets[tensor.index])


def _constant_bytes(lowered: Lowered) -> int:
    """Bytes of the arrays that a call reads, each counted once."""
    arrays = {id(array): array for argument in lowered.arguments for array in _arrays(argument)}
    return sum(int(np.asarray(array.values).nbytes) for array in arrays.values())


def _arrays(argument: object) -> Iterator[Array]:
    match argument:
        case Array():
            yield argument
        case Pointers(to=to):
            for target in to:
                yield from _arrays(target)
        case Struct(fields=fields):
            for value in fields.values():
                yield from _arrays(value)
