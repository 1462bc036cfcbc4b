"""How long each operator of a model takes on a board with an engine, as well as anybody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.boards import Board
from workbench.codegen.generated import Option
from workbench.errors import NotPossible
from workbench.graph.model import Graph
from workbench.memory.fit import PLAIN_C
from workbench.operations.costs import PLAIN_C_SHARE, costs_of, emulated_costs, engine_estimate
from workbench.target.verify import Verification


@dataclass(frozen=True)
class OperatorTimes:
    """Seconds by operator, and in words how they are known or why they are not."""

    note: str
    seconds: Mapping[int, float] = field(default_factory=dict)


def operator_times(
    graph: Graph,
    engine: str,
    board: Board,
    verified: Verification | None = None,
    option: str = Option.SPEED.value,
) -> OperatorTimes:
    """The times of the main subgraph's operators: those of ``costs.py``, shared out.

    As plain C they are the emulated ones where the network was verified for this core.
    """
    hertz = board.core.clock_hz
    if engine == PLAIN_C and verified is not None:
        seconds = {row.operator: row.cycles / hertz for row in verified.per_operator if row.operator is not None}
        return OperatorTimes(f"emulated: {emulated_costs(verified, board).latency.note}", seconds)
    try:
        found = engine_estimate(graph, board, engine)
    except NotPossible as reason:  # no such kernels for this core: the memory is known all the same
        return OperatorTimes(f"not known: {reason}")
    rows, note = found.per_operator, costs_of(found, engine, option).latency.note
    if not rows:
        return OperatorTimes(f"not known: {note}")
    share = PLAIN_C_SHARE[option][1] if engine == PLAIN_C else 1.0
    return OperatorTimes(f"estimated: {note}", {row.op_index: row.cycles * share / hertz for row in rows})
