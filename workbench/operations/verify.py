"""Generate, compile, emulate and compare a model for a core: what the screen says is what the board does."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.boards import find_board
from workbench.codegen.generated import Generated, Option
from workbench.codegen.network import Network
from workbench.errors import BadFile, NotPossible
from workbench.files import write_atomically
from workbench.graph.read import read_graph
from workbench.jobs import Job, share
from workbench.operations.cycle_factor import cycle_factor
from workbench.operations.memory import read_graph_file, read_model
from workbench.operations.verified import keep
from workbench.operations.verify_wanted import Verify
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project, is_project
from workbench.target.core import TargetCore, board_core, target_core
from workbench.target.emulator import port_bytes
from workbench.target.reference import reference
from workbench.target.verify import Inputs, Verification, quantized_window, random_windows, verify
from workbench.training.prepare import prepare_again

WINDOWS = 20


def verify_model(source: Path | bytes, wanted: Verify, *, job: Job) -> Verification:
    """Verify a .tflite (its file or bytes) or a variant of a project's folder. For child processes.

    A project's windows are those of its test split, as the firmware quantizes them; other models get random ones.
    """
    if isinstance(source, Path) and is_project(source):
        with Project.open(source) as project:
            return _verify_variant(project, wanted, job=job)
    if isinstance(source, Path):
        read_graph_file(source)  # names the file when it is no model
    model = read_model(source) if isinstance(source, Path) else source
    return _verify(model, wanted, wanted.board, None, job=job)


def _verify_variant(project: Project, wanted: Verify, *, job: Job) -> Verification:
    variant = project.variant(wanted.variant_id) if wanted.variant_id is not None else project.current_variant()
    if variant is None:
        raise NotPossible("There is no model yet.", to_do="Train one first.")
    values = None
    if variant.run_id is not None and wanted.input_file is None:
        job.progress("Reading recordings", 0.0)
        inputs = prepare_again(project, project.run(variant.run_id)).inputs("test")
        values = inputs[np.linspace(0, len(inputs) - 1, min(WINDOWS, len(inputs))).astype(int)] if len(inputs) else None
    board = wanted.board or ("" if wanted.core else project.settings(ProjectSettings).board)
    return _verify(read_model(project.path(variant.model_file)), wanted, board, values, job=share(job, 0.2, 1.0))


def _verify(
    model: bytes, wanted: Verify, board_id: str, values: NDArray[np.float32] | None, *, job: Job
) -> Verification:
    job.progress("Generating C", 0.0)
    core = _core(wanted.core, board_id)
    generated = Network(read_graph(model), coded=wanted.coded).generate(Option(wanted.option))
    factor = cycle_factor(board_id) if board_id else None
    result, answers = verify(
        generated,
        core,
        _windows(generated, wanted, values),
        reference(model, generated),
        factor=factor,
        job=share(job, 0.1, 1.0),
    )
    if wanted.output_file is not None:
        _save(answers[-1][0], generated, wanted.output_file)
    where = wanted.input_file.name if wanted.input_file else "the test split" if values is not None else "random bytes"
    result = replace(result, windows_from=where)
    if wanted.input_file is None and wanted.coded:  # one window says little of the longest; others show what is usual
        keep(model, result, core, factor)
    return result


def _core(name: str, board_id: str) -> TargetCore:
    return target_core(name) if name else board_core(find_board(board_id or "nano33ble_sense"))


def _windows(generated: Generated, wanted: Verify, values: NDArray[np.float32] | None) -> list[Inputs]:
    if wanted.input_file is not None:
        return [(_load(wanted.input_file, generated),)]
    if values is not None:
        return [quantized_window(window, generated) for window in values]
    return random_windows(generated, WINDOWS)


def _load(path: Path, generated: Generated) -> bytes:
    """The bytes of one input in a .npy file."""
    port = generated.inputs[0]
    if len(generated.inputs) != 1:
        raise NotPossible(f"The model has {len(generated.inputs)} inputs; one file holds one.", where=str(path))
    try:
        found = np.load(BytesIO(path.read_bytes()), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise BadFile(f"This is no .npy file of numbers: {error}", where=str(path)) from error
    if not isinstance(found, np.ndarray) or found.dtype != np.dtype(port.dtype) or found.nbytes != port_bytes(port):
        shape = " x ".join(map(str, port.shape))
        held = f"{found.dtype} of shape {found.shape}" if isinstance(found, np.ndarray) else "several arrays"
        raise BadFile(f"The model takes {port.dtype} of shape {shape}, and the file holds {held}.", where=str(path))
    return np.ascontiguousarray(found).tobytes()


def _save(answer: bytes, generated: Generated, path: Path) -> None:
    port = generated.outputs[0]
    buffer = BytesIO()
    np.save(buffer, np.frombuffer(answer, port.dtype).reshape(port.shape), allow_pickle=False)
    try:
        write_atomically(path, buffer.getvalue())
    except OSError as error:
        raise NotPossible(f"The file cannot be written: {error.strerror}.", where=str(path)) from error
