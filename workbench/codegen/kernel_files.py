"""The kernels' sources that a network needs, under names of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbench.codegen.generated import SourceFile
from workbench.resources import resource

_OWN_INCLUDE = re.compile(r'^(\s*#\s*include\s+")([^"]+)(")', re.MULTILINE)
_NAMES = re.compile(r"\b(?:wb_|WB_)")


def kernel_files(names: Iterable[str], prefix: str) -> tuple[SourceFile, ...]:
    """The files under ``resources/c/kernels``, their headers and all they include, for the prefix of a network.

    A header brings the sources of its name, in C and, with ``_dsp`` behind it, in assembly: what it declares is defined
    there. The names differ because some builds name an object file after its source's stem alone.
    ``wb_`` and ``WB_`` in names become the prefix, and each file's name begins with it, so that two networks fit into
    one firmware.
    """
    texts: dict[str, str] = {}
    wanted = list(dict.fromkeys(names))
    while wanted:
        name = wanted.pop()
        if name not in texts:
            texts[name] = resource("c", "kernels", name).read_text(encoding="utf-8")
            wanted += [found[1] for found in _OWN_INCLUDE.findall(texts[name])]
            if name.endswith(".h"):
                sources = (name.removesuffix(".h") + kind for kind in (".c", "_dsp.S"))
                wanted += [source for source in sources if resource("c", "kernels", source).is_file()]
    return tuple(SourceFile(f"{prefix}_{name}", own(texts[name], prefix)) for name in sorted(texts))


def own(text: str, prefix: str) -> str:
    """C text with a network's own names in place of ``wb_…`` and of the files included."""
    renamed = _OWN_INCLUDE.sub(lambda found: f"{found[1]}{prefix}_{found[2]}{found[3]}", text)
    return _NAMES.sub(lambda found: f"{prefix}_" if found[0] == "wb_" else f"{prefix.upper()}_", renamed)
