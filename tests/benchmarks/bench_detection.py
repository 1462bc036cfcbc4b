"""What a board sends is found out within two seconds: formats × separators × channels × rates × faults."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from workbench.capture import simulated_formats
from workbench.capture.rate import Rate
from workbench.capture.timeline import Timeline
from workbench.capture.wire.binary import BinaryFrames
from workbench.capture.wire.delimited import DelimitedLines
from workbench.capture.wire.detect import AutoDetect
from workbench.capture.wire.labelled import LabelledLines
from workbench.capture.wire.native import NativeFrames
from workbench.capture.wire.parser import WireParser
from workbench.capture.wire.simple_stream import SimpleStream
from workbench.capture.wire.stamped import StampedLines
from workbench.project.model import Channel

pytestmark = pytest.mark.bench

SECONDS = 2.0
READ_S = 0.02
CHANNELS = (1, 3, 6, 64)
RATES_HZ = (1.0, 10.0, 100.0, 1000.0, 20_000.0)
FAULTS = ("none", "noise", "cut lines", "boot text", "from the middle")
MOST_VALUES = 400_000  # a second, over all channels: some 2 MB of text
PARSERS: dict[type[WireParser], str] = {
    DelimitedLines: "lines",
    LabelledLines: "labelled",
    StampedLines: "stamped",
    BinaryFrames: "binary",
    NativeFrames: "native",
    SimpleStream: "sensiml",
}


def pieces(name: str, separator: str, channels: int, rate_hz: float, fault: str) -> Iterator[bytes]:
    """What arrives at each read, through two seconds."""
    chance = random.Random(f"{name}{separator}{channels}{rate_hz}{fault}")
    described = [Channel(f"c{n}", "g") for n in range(channels)]
    wire = simulated_formats.FORMATS[name](described, rate_hz, separator)
    count = int(SECONDS * rate_hz) + 1
    phase = np.arange(count)[:, np.newaxis] * 2 * np.pi * 5 / max(rate_hz, 50.0) + np.arange(channels)
    values = np.sin(phase) * 3 + np.random.default_rng(1).normal(0, 0.05, (count, channels))
    sent = [wire.announce(), *(wire.reading(row.tolist(), number) for number, row in enumerate(values))]
    for number in range(1, len(sent)):
        if fault == "noise" and chance.random() < 0.02:
            sent[number] += chance.randbytes(chance.randint(1, 24))
        if fault == "cut lines" and chance.random() < 0.02 and sent[number]:
            end = b"\r\n" if sent[number].endswith(b"\n") else b""
            sent[number] = sent[number][: chance.randrange(len(sent[number]))] + end
    if fault == "boot text":
        sent[0] = b"\r\nboot: reset, clock 64 MHz\r\nIMU found\r\n" + sent[0]
    if fault == "from the middle":
        sent[:2] = [sent[1][len(sent[1]) // 2 :]] if not wire.waits_for else sent[:2]
    at = 0
    for read in range(1, round(SECONDS / READ_S) + 1):
        due = min(len(sent), 1 + int(read * READ_S * rate_hz + 1e-9))
        yield b"".join(sent[at:due])
        at = max(at, due)


def listen(name: str, separator: str, channels: int, rate_hz: float, fault: str) -> tuple[str, int, float | None]:
    """The format found, its channels, the rate in Hz (None while it is not known)."""
    parser, timeline = AutoDetect(), Timeline()
    for number, data in enumerate(pieces(name, separator, channels, rate_hz, fault)):
        lost = parser.counts.lost
        for rows in parser.feed(data):
            timeline.add(len(rows.values), number * READ_S, lost=parser.counts.lost - lost)
    found = PARSERS[type(parser._parser)] if parser.title else "nothing"
    return found, len(parser.channels), timeline.rate.hz if timeline.rate else None


def jittered(rate_hz: float, seconds: float, seed: int) -> Rate | None:
    """The rate of even readings that are read in lumps: late by 15 ms at a time, now and then by 200."""
    chance = random.Random(f"{rate_hz} {seed}")  # no two rates see the same lateness
    timeline, now, before = Timeline(), 0.0, 0
    while now < seconds:
        now += chance.expovariate(1 / 0.015) + (0.2 if chance.random() < 0.02 else 0.0)
        came = int(now * rate_hz)
        if came > before:
            timeline.add(came - before, now + chance.expovariate(1 / 0.005))
        before = came
    return timeline.rate


def test_rate_under_jitter(figure: Callable[[str, str, str], None]) -> None:
    for seconds, target in ((2.0, "< 5 %"), (10.0, "< 1 %"), (60.0, "< 0.1 %")):
        rates_hz = [hz for hz in RATES_HZ if hz * seconds >= 20]
        found = [(hz, jittered(hz, seconds, seed)) for hz in rates_hz for seed in range(300 if seconds <= 10 else 40)]
        known = [(hz, rate) for hz, rate in found if rate is not None]
        errors = [abs(rate.hz / hz - 1) for hz, rate in known]
        covered = [abs(rate.hz - hz) <= rate.plus_minus_hz for hz, rate in known]
        when = f"after {seconds:g} s of jittered reads, {min(rates_hz):g} Hz to {max(rates_hz):g} Hz"
        median, worst = 100 * float(np.median(errors)), 100 * float(np.percentile(errors, 95))
        figure(f"error of the rate {when}, median", f"{median:.2g} % (19 of 20 within {worst:.2g} %)", target)
        figure(f"true rate within what is told {when}", f"{100 * float(np.mean(covered)):.0f} %", "≥ 95 %")
        assert len(known) == len(found)


def test_confusion(figure: Callable[[str, str, str], None]) -> None:
    confusion: Counter[tuple[str, str]] = Counter()
    wrong_channels, unknown_channels, rate_errors, cases = 0, 0, [], 0
    for name, channels, rate_hz, fault in itertools.product(simulated_formats.FORMATS, CHANNELS, RATES_HZ, FAULTS):
        if channels * rate_hz > MOST_VALUES:
            continue
        separators = ("comma", "semicolon", "tab", "space") if name in ("lines", "labelled", "stamped") else ("comma",)
        for separator in separators if rate_hz <= 100 else separators[:1]:
            found, count, hz = listen(name, separator, channels, rate_hz, fault)
            truth = name.rstrip("12")
            confusion[truth if rate_hz >= 10 else f"{truth}, 1 Hz", found] += 1
            cases += 1
            if found == truth:
                wrong_channels += count not in (0, channels)
                unknown_channels += count == 0
                if hz is not None:
                    rate_errors.append(abs(hz / rate_hz - 1))
    for truth in sorted({truth for truth, _ in confusion}):
        row = {found: number for (of, found), number in confusion.items() if of == truth}
        text = ", ".join(f"{found} {number}" for found, number in sorted(row.items(), key=lambda one: -one[1]))
        figure(f"{truth} is taken for", text, "")
    right = sum(number for (truth, found), number in confusion.items() if truth.split(",")[0] == found)
    quick = [(truth, found, number) for (truth, found), number in confusion.items() if "," not in truth]
    quick_share = sum(n for truth, found, n in quick if truth == found) / sum(n for _, _, n in quick)
    figure(f"right formats of {cases}", f"{100 * right / cases:.1f} %", "")
    figure("right formats from 10 Hz on", f"{100 * quick_share:.1f} %", "> 95 %")
    figure("wrong number of channels among them", str(wrong_channels), "0")
    figure("channels not known yet, at 1 Hz", str(unknown_channels), "")
    figure(
        "error of the rate after two seconds of even reads, median",
        f"{100 * float(np.median(rate_errors)):.2g} %",
        "< 1 %",
    )
    assert quick_share > 0.9
