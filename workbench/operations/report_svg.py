"""The trade-off picture as SVG, for reports: no fonts, scripts or files of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from workbench.compression.pareto import pareto_front

_WIDTH, _HEIGHT = 420, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 26, 44
_TICKS = 4
_LONGEST_NAME = 24  # letters that have room in half of the picture
_FAR = 3.0  # a wall further away than this is named at the edge
# The Okabe-Ito colours that the window uses, and a shape each: both survive a black and white printer.
_COLOURS = {"float32": "#56b4e9", "float16": "#e69f00", "dynamic_range": "#009e73"}
_OTHER_COLOUR = "#cc79a7"


@dataclass(frozen=True)
class Dot:
    """A variant: its cost and its quality in the units of the axes, its name and its number format."""

    x: float
    y: float
    name: str
    format: str
    current: bool = False
    named: bool = False


@dataclass(frozen=True)
class Picture:
    """What the axes are, and where the board ends."""

    title: str
    x_title: str
    y_title: str
    higher_is_better: bool
    limit: float | None = None


def trade_off_svg(dots: Sequence[Dot], picture: Picture) -> str:
    """An <svg> element; empty when there is nothing to draw."""
    if not dots:
        return ""
    axes = _Axes(dots, picture)
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(picture.title)}">',
        f'<text x="{_LEFT}" y="14" class="t">{escape(picture.y_title)}</text>',
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 6}" class="t e">{escape(picture.x_title)}</text>',
        *_grid(axes),
        *_wall(axes, picture.limit),
        *_front(dots, axes, higher_is_better=picture.higher_is_better),
        *(_dot(dot, axes) for dot in dots),
        "</svg>",
    ]
    return "\n".join(parts)


class _Axes:
    """From values to places."""

    def __init__(self, dots: Sequence[Dot], picture: Picture) -> None:
        most = max(dot.x for dot in dots) or 1.0
        near = picture.limit if picture.limit is not None and picture.limit <= _FAR * most else 0.0
        self.x_step, self.x_low, self.x_high = _round_ends(0.0, max(most * 1.1, near * 1.08))
        low, high = min(dot.y for dot in dots), max(dot.y for dot in dots)
        room = max((high - low) * 0.15, abs(high) * 0.01, 1e-6)
        self.y_step, self.y_low, self.y_high = _round_ends(max(0.0, low - room), high + room)

    def x(self, value: float) -> float:
        return _LEFT + (value - self.x_low) / (self.x_high - self.x_low) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.y_low) / (self.y_high - self.y_low)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _round_ends(low: float, high: float) -> tuple[float, float, float]:
    """A round step, and multiples of it around ``low``..``high``."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(factor for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return step, math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def _grid(axes: _Axes) -> list[str]:
    parts = []
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    for number in range(round((axes.x_high - axes.x_low) / axes.x_step) + 1):
        value = axes.x_low + number * axes.x_step
        x = axes.x(value)
        parts.append(f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}" class="g"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 15}" class="t m">{value:g}</text>')
    for number in range(round((axes.y_high - axes.y_low) / axes.y_step) + 1):
        value = axes.y_low + number * axes.y_step
        y = axes.y(value)
        parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" class="g"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" class="t e">{value:.4g}</text>')
    return parts


def _wall(axes: _Axes, limit: float | None) -> list[str]:
    if limit is None:
        return []
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    if limit >= axes.x_high:
        return [f'<text x="{right - 4}" y="{bottom - 6}" class="t e">board: {limit:,.4g} →</text>']
    x = axes.x(limit)
    return [
        f'<rect x="{x:.1f}" y="{_TOP}" width="{right - x:.1f}" height="{bottom - _TOP}" class="w"/>',
        f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}" class="l"/>',
        f'<text x="{x - 4:.1f}" y="{bottom - 6}" class="t e">board: {limit:,.4g}</text>',
    ]


def _front(dots: Sequence[Dot], axes: _Axes, *, higher_is_better: bool) -> list[str]:
    sign = -1.0 if higher_is_better else 1.0
    found = sorted((dots[place] for place in pareto_front([(d.x, sign * d.y) for d in dots])), key=lambda d: d.x)
    if len(found) < 2:
        return []
    corners = [(axes.x(found[0].x), axes.y(found[0].y))]
    for dot in found[1:]:
        corners += [(axes.x(dot.x), corners[-1][1]), (axes.x(dot.x), axes.y(dot.y))]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return [f'<polyline points="{points}" class="f"/>']


def _dot(dot: Dot, axes: _Axes) -> str:
    x, y = axes.x(dot.x), axes.y(dot.y)
    colour = _COLOURS.get(dot.format, _OTHER_COLOUR)
    shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}" class="d"/>'
    if dot.format == "float32":
        shape = f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" fill="{colour}" class="d"/>'
    elif dot.format in ("float16", "dynamic_range"):
        up = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 6:.1f},{y:.1f}"
        shape = f'<polygon points="{up}" fill="{colour}" class="d"/>'
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" class="c"/>' if dot.current else ""
    name = ""
    if dot.current or dot.named:
        to_left = x > _WIDTH * 0.5
        place = f'x="{x - 13:.1f}" class="n e"' if to_left else f'x="{x + 13:.1f}" class="n"'
        short = dot.name if len(dot.name) <= _LONGEST_NAME else f"{dot.name[: _LONGEST_NAME - 1]}…"
        name = f'<text {place} y="{y + 4:.1f}">{escape(short)}</text>'
    return f"<g>{ring}{shape}{name}<title>{escape(dot.name)}</title></g>"
