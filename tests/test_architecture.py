"""The order of imports: a package imports only packages above it, deferred imports included."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "workbench"

# From the top of the house to its faces; names on one line do not see each other, except inside a package.
ORDER = (
    ("errors", "files"),
    ("resources", "fields", "figures"),
    ("quantities",),
    ("settings",),
    ("log",),
    ("boards",),
    ("jobs",),
    ("project",),
    ("capture",),
    ("features",),
    ("streaming",),
    ("dataset",),
    ("graph",),
    ("memory",),
    ("codegen",),
    ("target",),
    ("convert",),
    ("training",),
    ("compression",),
    ("firmware",),
    ("device",),
    ("operations",),
    ("cli", "ui"),
    ("__main__",),
)
LEVEL = {name: level for level, names in enumerate(ORDER) for name in names}
# The command line opens the window and renders its pages: the one step sideways.
ALLOWED = {("cli", "ui")}
WITHOUT_TENSORFLOW = {"graph", "memory", "codegen", "target", "firmware", "device"}
TENSORFLOW = {"tensorflow", "tf_keras", "tensorflow_model_optimization"}
QT = {"PySide6", "shiboken6", "pyqtgraph"}
FILES = sorted(PACKAGE.rglob("*.py"))


def home_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            if node.module == "workbench":
                for alias in node.names:
                    yield f"workbench.{alias.name}", node
            else:
                yield node.module or "", node


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_upwards_only(path: Path) -> None:
    home = home_of(path)
    if home == "__init__":
        return
    assert home in LEVEL, f"{home} has no place in the order of imports"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_module_level = set(tree.body)
    for module, node in imports(tree):
        top, *rest = module.split(".")
        if top == "workbench" and rest and rest[0] in LEVEL and rest[0] != home:
            upwards = LEVEL[rest[0]] < LEVEL[home]
            assert upwards or (home, rest[0]) in ALLOWED, f"line {node.lineno}: {home} imports {module}"
        if top in QT:
            assert home == "ui", f"line {node.lineno}: Qt outside ui/"
        if top in TENSORFLOW:
            assert home not in WITHOUT_TENSORFLOW, f"line {node.lineno}: TensorFlow in {home}"
            assert node not in at_module_level or path.stem.endswith("_worker"), (
                f"line {node.lineno}: TensorFlow at module level, outside a child process's entry"
            )


def test_every_package_on_disk_has_its_place() -> None:
    found = {home_of(path) for path in FILES} - {"__init__"}
    assert found <= set(LEVEL)
