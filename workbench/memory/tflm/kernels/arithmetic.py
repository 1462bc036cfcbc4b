"""ADD."""

from __future__ import annotations

from workbench.memory.tflm.node import Kernel, look_at, struct

ADD = Kernel("add_common.cc, add.h", struct("b ii ii iii i i iii ii"), look_at(2), options="eb")
