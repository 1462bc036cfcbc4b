"""RESIZE_NEAREST_NEIGHBOR of elements of any width."""

from __future__ import annotations

import numpy as np

from workbench.codegen.lowering import Array, Lowered, Placed, Struct
from workbench.codegen.operators.channels import check_sizes
from workbench.codegen.quantization import is_wide
from workbench.memory.plain_c.orders.movement import nearest


def resize_nearest(placed: Placed) -> Lowered:
    """Rows and columns from two tables."""
    call = placed.call
    batches, height, width, channels = call.input(0).shape
    _, out_height, out_width, _ = call.output.shape
    check_sizes(call, (height, width, out_height, out_width))
    rows, columns = nearest(call)
    sizes = {
        "batches": batches,
        "height": height,
        "width": width,
        "out_height": out_height,
        "out_width": out_width,
        "channels": channels,
        "wide": is_wide(call.output),
        "backwards": int(placed.access.backwards),
    }
    lists = (Array("rows", rows.astype(np.int16)), Array("columns", columns.astype(np.int16)))
    ends = (placed.input_address(), placed.output_address())
    return Lowered("wb_resize_nearest", (Struct("struct wb_resize", sizes), *lists, *ends), ("resize.c",))
