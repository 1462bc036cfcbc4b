"""Where trials run: processes of this computer, or the workers of a Dask cluster. Both are usual executors."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from workbench.errors import NotPossible
from workbench.jobs import prepare_for_tensorflow
from workbench.operations.search.study import import_extra

T = TypeVar("T")

_CONNECT_S = 10
_TRIALS_A_PROCESS = 40  # TensorFlow never gives all memory back


@dataclass(frozen=True)
class Workers:
    """An executor, and how many trials it can run at a time just now."""

    executor: Executor
    slots: Callable[[], int]


class LocalProcesses(Executor):
    """Each process is a pool of its own, so that one which dies takes nobody else's work with it."""

    def __init__(self, count: int) -> None:
        self._pools: list[_PoolOfOne | None] = [None] * count

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run it in a process that has nothing to do; in the last one when all are busy."""
        idle = (place for place, pool in enumerate(self._pools) if pool is None or pool.idle)
        place = next(idle, len(self._pools) - 1)
        try:
            return self._pool(place).submit(fn, *args, **kwargs)
        except BrokenProcessPool:  # its process died in the last trial
            self._end(place)
            return self._pool(place).submit(fn, *args, **kwargs)

    def _pool(self, place: int) -> _PoolOfOne:
        pool = self._pools[place]
        if pool is None:
            pool = self._pools[place] = _PoolOfOne()
        return pool

    def _end(self, place: int) -> None:
        pool, self._pools[place] = self._pools[place], None
        if pool is not None:
            pool.end()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, whatever they are doing."""
        for place in range(len(self._pools)):
            self._end(place)
        gc.collect()  # the queues' semaphores go with them: the job's process ends without a clean-up


class _PoolOfOne:
    """One process that ends when it is told to, and also when this one is killed."""

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")  # fork after TensorFlow is loaded hangs
        self._read, self._lifeline = spawn.Pipe(duplex=False)
        self._executor = ProcessPoolExecutor(
            1, spawn, initializer=_begin, initargs=(self._read,), max_tasks_per_child=_TRIALS_A_PROCESS
        )
        self._last: Future[Any] | None = None

    @property
    def idle(self) -> bool:
        return self._last is None or self._last.done()

    def submit(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> Future[T]:
        future = self._executor.submit(fn, *args, **kwargs)
        self._last = future
        return future

    def end(self) -> None:
        self._lifeline.close()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._read.close()


def _begin(lifeline: Connection) -> None:
    """In the process: end when the pipe does, leave Ctrl+C to the parent, and train with one thread.

    Beside others that is fastest for models this small.
    """

    def watch() -> None:
        with contextlib.suppress(EOFError, OSError):
            lifeline.recv()
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=watch, daemon=True, name="lifeline").start()
    prepare_for_tensorflow()
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")


@contextlib.contextmanager
def workers(processes: int, scheduler: str) -> Iterator[Workers]:
    """Processes of this computer, or the cluster at an address such as ``tcp://10.0.0.5:8786`` when there is one.

    Raises NotPossible when there is no scheduler at the address, MissingExtra without ``distributed``.
    """
    if not scheduler.strip():
        local = LocalProcesses(processes)
        try:
            yield Workers(local, lambda: processes)
        finally:
            local.shutdown()
        return
    distributed = import_extra("distributed")
    try:
        client = distributed.Client(scheduler.strip(), timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise NotPossible(
            f"There is no Dask scheduler at {scheduler}.", to_do="Start one with: dask scheduler; then dask worker."
        ) from error
    with client:
        yield Workers(client.get_executor(pure=False, retries=0), lambda: len(client.scheduler_info(-1)["workers"]))
