"""What has to be placed: storages, and the tasks that make and need them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.errors import NotSupported
from workbench.graph.model import Operator, Subgraph, Tensor
from workbench.memory.plain_c.access import Access
from workbench.memory.plain_c.call import Call, element_bytes, is_computed
from workbench.memory.plain_c.orders.table import ALIASES, Variants, variants
from workbench.memory.plain_c.variables import ASSIGN, DECLARATIONS, READ, Name, variable_name, variables

ALIGNMENT = 4  # kernels load whole words
MOST_BYTES = 1 << 24  # of all computed tensors together; no model for a microcontroller comes near
MOST_OPERATORS = 2000

_NOTHING_TO_DO: Variants = ((Access("nothing to do", (), ()),),)


@dataclass(frozen=True)
class Storage:
    """Bytes in the arena: a tensor, with all that are only another shape of it, or a variable with its handles.

    ``made_by`` is the task that writes it, None for an input of the model and a variable; ``needed_by`` those that read
    it. ``kept`` marks an output of the model, or a variable. ``value`` is a tensor with its size.
    """

    number: int
    tensors: tuple[Tensor, ...]
    made_by: int | None
    needed_by: frozenset[int]
    kept: bool
    value: Tensor

    @property
    def bytes(self) -> int:
        return self.value.bytes

    @property
    def alignment(self) -> int:
        """Elements wider than a word need their own alignment."""
        return max(ALIGNMENT, element_bytes(self.value))


@dataclass(frozen=True)
class Task:
    """An operator: its variants, and the storages it reads and writes, each with its place in the operator.

    ``after`` are the tasks whose results it needs. The same storage may be read at several places.
    """

    number: int
    operator: Operator
    variants: Variants
    reads: tuple[tuple[int, int], ...]
    writes: tuple[tuple[int, int], ...]
    after: frozenset[int]


@dataclass(frozen=True)
class Network:
    """The tasks, numbered as the operators of the subgraph are, and the storages."""

    tasks: tuple[Task, ...]
    storages: tuple[Storage, ...]

    @cached_property
    def ancestors(self) -> list[int]:
        """The tasks, as bits, that run before each task in every order."""
        ancestors: list[int] = []
        for task in self.tasks:
            bits = 0
            for maker in task.after:
                bits |= ancestors[maker] | 1 << maker
            ancestors.append(bits)
        return ancestors

    @cached_property
    def descendants(self) -> list[int]:
        """The tasks, as bits, that run after each task in every order."""
        descendants = [0] * len(self.tasks)
        for task, before in enumerate(self.ancestors):
            for ancestor in bits_of(before):
                descendants[ancestor] |= 1 << task
        return descendants

    @cached_property
    def users(self) -> list[int]:
        """The tasks, as bits, that read each storage."""
        return [sum(1 << task for task in storage.needed_by) for storage in self.storages]


def bits_of(mask: int) -> Iterator[int]:
    """The places of the ones."""
    while mask:
        place = mask.bit_length() - 1
        yield place
        mask ^= 1 << place


def network(subgraph: Subgraph) -> Network:
    """The tasks and storages of a subgraph; raises NotSupported when an operator has no kernel in plain C."""
    calls = [Call(operator, subgraph) for operator in subgraph.operators]
    known: dict[object, Variants] = {}
    orders = [variants(call, known) if has_code(call) else _NOTHING_TO_DO for call in calls]
    made = _check(subgraph, calls)
    roots = _roots(subgraph, calls)
    tensors: dict[int, list[Tensor]] = {}  # of each storage, by its root
    for index in dict.fromkeys((*subgraph.inputs, *made)):
        if is_computed(subgraph.tensors[index]) and subgraph.tensors[index].bytes:
            tensors.setdefault(roots[index], []).append(subgraph.tensors[index])
    state = {variable.handles[0]: variable for variable in variables(subgraph).values()}
    for root, variable in state.items():
        tensors[root] = [subgraph.tensors[handle] for handle in variable.handles]
        for handle in variable.handles:
            roots[handle] = root
    number = {root: place for place, root in enumerate(tensors)}

    def places(indices: Sequence[int]) -> tuple[tuple[int, int], ...]:
        found = ((place, roots[index]) for place, index in enumerate(indices) if index >= 0)
        return tuple((place, number[root]) for place, root in found if root in number)

    turns = _turns_at_variables(calls)
    tasks = tuple(
        Task(
            task,
            call.operator,
            orders[task],
            reads=places(call.operator.inputs),
            writes=places(call.operator.outputs) if has_code(call) else (),
            after=frozenset(made[index] for index in call.operator.inputs if index in made) | turns.get(task, set()),
        )
        for task, call in enumerate(calls)
    )
    needed: list[set[int]] = [set() for _ in number]
    for task in tasks:
        for _, storage in task.reads:
            needed[storage].add(task.number)
    kept = {roots[index] for index in subgraph.outputs if index >= 0}
    return Network(
        tasks,
        tuple(
            Storage(
                place,
                tuple(tensors[root]),
                None if root in state else made.get(root),
                frozenset(needed[place]),
                root in kept or root in state,
                state[root].value if root in state else tensors[root][0],
            )
            for root, place in number.items()
        ),
    )


def has_code(call: Call) -> bool:
    """Whether an operator does anything when its turn comes."""
    return not is_alias(call) and call.operator.name not in DECLARATIONS


def _turns_at_variables(calls: Sequence[Call]) -> dict[int, set[int]]:
    """For each task that reads or assigns a variable, those that do so before it: they keep their order."""
    before: dict[Name, set[int]] = {}
    found = {}
    for task, call in enumerate(calls):
        if call.operator.name in {READ, ASSIGN}:
            others = before.setdefault(variable_name(call), set())
            found[task] = set(others)
            others.add(task)
    return found


def is_alias(call: Call) -> bool:
    """Whether an operator's output is its input with another shape: the same bytes, and no code."""
    return call.operator.name in ALIASES and is_computed(call.input(0))


def _roots(subgraph: Subgraph, calls: Sequence[Call]) -> list[int]:
    """For each tensor, the one whose bytes it is."""
    roots = list(range(len(subgraph.tensors)))
    for call in calls:
        if is_alias(call):
            if call.output.bytes != call.input(0).bytes:
                raise call.refusal("has shapes at odds.")
            roots[call.output.index] = roots[call.input(0).index]
    return roots


def _check(subgraph: Subgraph, calls: Sequence[Call]) -> dict[int, int]:
    """The task that writes each computed tensor: one, and before any that reads it; within bounds all together."""
    made: dict[int, int] = {}
    for task, call in enumerate(calls):
        for tensor in call.inputs:
            known = tensor is None or tensor.is_variable or tensor.index in made or tensor.index in subgraph.inputs
            if tensor is not None and is_computed(tensor) and not known:
                raise call.refusal(f"reads {tensor.name!r}, which nothing has written.")
        for tensor in call.outputs:
            if tensor.index in made or tensor.index in subgraph.inputs or tensor.data is not None:
                raise call.refusal(f"writes {tensor.name!r}, which is there already.")
            made[tensor.index] = task
    return made


def check_size(subgraph: Subgraph) -> None:
    """Refuse, before anything is computed, what is beyond all bounds."""
    if len(subgraph.operators) > MOST_OPERATORS:
        raise NotSupported(f"The model has more than {MOST_OPERATORS:,} operators.")
    total = sum(tensor.bytes for tensor in subgraph.tensors if is_computed(tensor))
    if total > MOST_BYTES:
        raise NotSupported(f"The model's tensors take {total:,} bytes together; {MOST_BYTES:,} is the limit here.")
