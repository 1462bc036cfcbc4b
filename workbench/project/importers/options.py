"""How files become recordings."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.fields import setting


@dataclass(frozen=True)
class ImportOptions:
    """What the files do not say themselves."""

    rate_hz: float = setting(
        0.0,
        title="Sampling rate",
        unit="Hz",
        low=0.0,
        high=1e7,
        help="Rate of files that have no time of their own; above 0 it also replaces a time column. "
        "0 takes it from the file.",
    )
    label_from: str = setting(
        "folder",
        title="Label from",
        choices=("folder", "name", "given", "none"),
        help="The folder a file lies in (files picked one by one get none), the first word without digits in its "
        "name, the label given below, or none.",
    )
    label: str = setting("", help="The label of every recording, when it is given.")
    unit: str = setting("", help="Unit of channels whose file names none, such as g.")
    picture_side: int = setting(
        0,
        title="Side of pictures",
        unit="px",
        low=0,
        high=1024,
        help="Pictures are cut to a square around their middle and made this large; 0 keeps them as they are.",
    )
    picture_colours: str = setting(
        "as they are",
        title="Colours of pictures",
        choices=("as they are", "grey", "RGB"),
        help="Turn every picture into grey or RGB.",
    )
