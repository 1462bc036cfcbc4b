"""Calls of kernels, in little time or in little code.

In little code, arguments stand in constant records, and one function for each kernel reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.codegen.c_text import c_call
from workbench.codegen.constants import Constants
from workbench.codegen.kernel_files import own
from workbench.codegen.lowering import Function, Lowered

_FEWEST = 2  # calls that are worth a function of their own

Calls = Sequence[tuple[int, Lowered]]  # operators and what they call


@dataclass
class CallRecords:
    """C that calls kernels: ``statements``, one for each operator, and the ``definitions`` they refer to."""

    statements: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)


def plain_calls(lowered: Calls, constants: Constants) -> CallRecords:
    """Each operator calls its kernel with its arguments: nothing is loaded twice."""
    calls = CallRecords()
    for operator, one in lowered:
        calls.statements.append(_call(one, [constants.argument(operator, value) for value in one.arguments], constants))
    return calls


def recorded_calls(lowered: Calls, constants: Constants) -> CallRecords:
    """Operators that share a kernel pass one address each: some 40 bytes of code less, 24 of constants more."""
    forms = [_form(one, constants) for _, one in lowered]
    often = {form for form, count in Counter(forms).items() if form and count >= _FEWEST}
    names: dict[tuple[str, ...], str] = {}
    calls = CallRecords()
    for (operator, one), form in zip(lowered, forms, strict=True):
        arguments = [constants.argument(operator, value) for value in one.arguments]
        if form not in often:
            calls.statements.append(_call(one, arguments, constants))
            continue
        if form not in names:
            names[form] = f"{constants.prefix}_call_{len(names)}"
            calls.definitions.append(_definition(one, form, names[form], constants))
        record = f"{constants.prefix}_a{len(calls.statements)}"
        values = "\n".join(f"    {argument}," for argument in arguments)
        calls.definitions.append(f"static const struct {names[form]} {record} = {{\n{values}\n}};\n")
        calls.statements.append(f"{names[form]}(&{record});")
    return calls


def _form(lowered: Lowered, constants: Constants) -> tuple[str, ...]:
    """The kernel and the C types of its arguments; nothing for calls that no record can shorten."""
    if len(lowered.arguments) < _FEWEST or any(isinstance(value, Function) for value in lowered.arguments):
        return ()
    return (lowered.function, *(constants.c_type(value) for value in lowered.arguments))


def _definition(lowered: Lowered, form: tuple[str, ...], name: str, constants: Constants) -> str:
    fields = [f"a{place}" for place in range(len(lowered.arguments))]
    types = (c_type if c_type.endswith("*") else f"{c_type} " for c_type in form[1:])
    declared = "\n".join(f"    {c_type}{one};" for c_type, one in zip(types, fields, strict=True))
    call = _call(lowered, [f"with->{one}" for one in fields], constants)
    head = f"static {constants.prefix.upper()}_NOINLINE void {name}(const struct {name} *with)"
    return f"struct {name} {{\n{declared}\n}};\n\n{head}\n{{\n    {call}\n}}\n"


def _call(lowered: Lowered, arguments: Sequence[str], constants: Constants) -> str:
    return c_call(own(lowered.function, constants.prefix), arguments)
