"""Generated C to a firmware image: the network, a start-up, and a main function that uses it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from workbench.codegen.generated import Generated, port_function
from workbench.errors import JobDied
from workbench.jobs import Job, QuietJob
from workbench.resources import resource
from workbench.settings import cache_folder
from workbench.target.cache import built
from workbench.target.core import TargetCore
from workbench.target.programs import run_program
from workbench.target.toolchain import Toolchain, host_toolchain, toolchain

_LINK_SCRIPT = "link.ld"


@dataclass(frozen=True)
class FirmwareImage:
    """A linked program: its ELF file, what it was made from, for which core and by which compiler."""

    elf: Path
    generated: Generated
    core: TargetCore
    compiler: str


def template(name: str, prefix: str) -> str:
    """A file of ``resources/c/target`` for a network whose names start with ``prefix``."""
    return resource("c", "target", name).read_text(encoding="utf-8").replace("@PREFIX@", prefix)


def build(
    generated: Generated,
    core: TargetCore,
    *,
    compiler: Toolchain | None = None,
    main: str | None = None,
    job: Job | None = None,
) -> FirmwareImage:
    """Compile and link for a core; ``main`` is C in place of ``resources/c/target/main.c``.

    An image that was built before comes from the cache. The first one for a core takes some 10 s with zig, which builds
    its run-time library then. Raises MissingExtra, NotSupported, and JobDied with the compiler's words.
    """
    job = job or QuietJob()
    compiler = compiler or toolchain(core)
    files = {source.name: source.content for source in generated.files}
    files |= {name: template(name, generated.prefix) for name in (core.start, _LINK_SCRIPT)}
    files["main.c"] = main or _main(generated)
    compiled = sorted(name for name in files if name.endswith((".c", ".S")))
    flags = (*compiler.firmware_flags(core, generated.option), "-T", _LINK_SCRIPT)

    def make(output: Path) -> None:
        first = _first_link(compiler, core)
        job.progress(
            f"Preparing the compiler for {core.title}, once"
            if first.parent.exists() and not first.exists()
            else f"Compiling for {core.title}"
        )
        _compile(compiler, (*flags, *compiled), files, output, job)
        first.touch()

    elf = built((compiler.title, *flags, *(text for item in sorted(files.items()) for text in item)), ".elf", make)
    return FirmwareImage(elf, generated, core, compiler.title)


def build_for_host(generated: Generated, *, job: Job | None = None) -> Path:
    """The same C as a shared library for this computer."""
    job = job or QuietJob()
    compiler = host_toolchain()
    # What is written in assembly has its twin in C, which every other core takes.
    files = {source.name: source.content for source in generated.files if not source.name.endswith(".S")}
    compiled = sorted(name for name in files if name.endswith(".c"))

    def make(output: Path) -> None:
        job.progress("Compiling for this computer")
        _compile(compiler, (*compiler.host_flags(), *compiled), files, output, job)

    inputs = (compiler.title, *compiler.host_flags(), *(text for item in sorted(files.items()) for text in item))
    return built(inputs, ".so", make)


def build_block_counter() -> Path:
    """The emulator's hook as a shared library for this computer."""
    compiler = host_toolchain()
    name = "count_blocks.c"
    files = {name: resource("c", "target", name).read_text(encoding="utf-8")}

    def make(output: Path) -> None:
        _compile(compiler, (*compiler.host_flags(), name), files, output, QuietJob())

    return built((compiler.title, *compiler.host_flags(), files[name]), ".so", make)


def _main(generated: Generated) -> str:
    """A main function that uses every input and output, so that the linker keeps them."""
    ports = (("input", generated.inputs), ("output", generated.outputs))
    more = [port_function(generated.prefix, kind, place) for kind, of in ports for place in range(1, len(of))]
    uses = "".join(f"    *(const volatile uint8_t *){name}();\n" for name in more)
    return template("main.c", generated.prefix).replace("@OTHER_PORTS@", uses)


def prepare_compiler(core: TargetCore, *, job: Job) -> None:
    """Let the compiler build its run-time library for a core ahead of the first network: some 10 s, once."""
    compiler = toolchain(core)
    if _first_link(compiler, core).exists():
        return
    job.progress(f"Preparing the compiler for {core.title}, once")
    files = {"empty.c": "void Reset_Handler(void) { for (;;) { } }\n"}
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        flags = (*core.flags[compiler.kind], "-ffreestanding", "-nostartfiles", "-Wl,-e,Reset_Handler")
        _compile(compiler, (*flags, "empty.c"), files, Path(folder) / "empty.elf", job)
    _first_link(compiler, core).touch()


def is_prepared(core: TargetCore) -> bool:
    """Whether building for a core takes well under a second; see prepare_compiler."""
    return _first_link(toolchain(core), core).exists()


def _first_link(compiler: Toolchain, core: TargetCore) -> Path:
    """A mark that this compiler has linked for this core before."""
    flags = "_".join(core.flags[compiler.kind]).replace("/", "")
    return cache_folder("prepared") / f"{compiler.title} {flags}".replace(" ", "_")


def _compile(compiler: Toolchain, arguments: tuple[str, ...], files: dict[str, str], output: Path, job: Job) -> None:
    with tempfile.TemporaryDirectory(prefix="workbench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).write_text(content, encoding="utf-8")
        command = (*compiler.command, *arguments, "-o", str(output))
        run_program(command, folder=folder, environment=compiler.environment(folder / ".zig"), job=job)
    if not output.exists():
        raise JobDied(f"{compiler.title} wrote nothing.")
