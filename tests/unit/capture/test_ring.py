"""The shared ring and the status mailbox: what a reader sees is whole."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pytest

from workbench.capture.mailbox import MAILBOX_BYTES, Mailbox
from workbench.capture.ring import SampleRing, shared_memory
from workbench.capture.status import CaptureState, CaptureStatus
from workbench.project.model import Channel


def rows(start: int, stop: int, channels: int) -> tuple[np.ndarray, np.ndarray]:
    numbers = np.arange(start, stop)
    return np.repeat(numbers[:, None], channels, 1).astype(np.float32), numbers.astype(np.float64)


@pytest.fixture
def ring() -> SampleRing:
    return SampleRing(shared_memory(1 << 12))


def test_an_unused_ring_is_empty(ring: SampleRing) -> None:
    values, times = ring.latest(10)
    assert values.shape[0] == times.shape[0] == 0


@pytest.mark.parametrize("channels", [1, 3, 64])
def test_the_newest_rows_come_back_in_order(ring: SampleRing, channels: int) -> None:
    ring.lay_out(channels)
    written = 0
    for block in (1, 5, 13, 100, 1000, 3):
        ring.write(*rows(written, written + block, channels))
        written += block
        values, times = ring.latest(5)
        expected = np.arange(max(0, written - 5), written)
        np.testing.assert_array_equal(times, expected)
        np.testing.assert_array_equal(values, np.repeat(expected[:, None], channels, 1))


def test_more_than_there_is_gives_what_is_safe(ring: SampleRing) -> None:
    ring.lay_out(2)
    ring.write(*rows(0, 10_000, 2))
    values, times = ring.latest(1 << 20)
    assert times[-1] == 9999
    assert len(values) == len(times) > 100
    np.testing.assert_array_equal(np.diff(times), 1)


def test_another_channel_count_starts_empty(ring: SampleRing) -> None:
    ring.lay_out(2)
    ring.write(*rows(0, 10, 2))
    ring.lay_out(5)
    assert ring.latest(10)[0].shape == (0, 5)
    ring.write(*rows(0, 3, 5))
    assert ring.latest(10)[0].shape == (3, 5)


def test_a_reader_never_sees_a_torn_row(ring: SampleRing) -> None:
    stop = threading.Event()

    def write() -> None:
        written, channels = 0, 3
        ring.lay_out(channels)
        while not stop.is_set():
            if written > 3000:
                written, channels = 0, 7 - channels
                ring.lay_out(channels)
            ring.write(*rows(written, written + 17, channels))
            written += 17

    writer = threading.Thread(target=write)
    writer.start()
    seen = 0
    try:
        while seen < 2000:
            values, times = ring.latest(200)
            if len(times):
                seen += 1
                np.testing.assert_array_equal(np.diff(times), 1)
                np.testing.assert_array_equal(values, np.repeat(times[:, None], values.shape[1], 1))
    finally:
        stop.set()
        writer.join()


def test_the_mailbox_holds_the_newest_status() -> None:
    mailbox = Mailbox(shared_memory(MAILBOX_BYTES))
    assert mailbox.newest() is None
    status = CaptureStatus(CaptureState.RECEIVING, "a °", "p", channels=(Channel("x", "g"),), rate_hz=50.5, frames=7)
    mailbox.put(status)
    assert mailbox.newest() == status
    mailbox.put(dataclasses.replace(status, frames=8, recording_rows=3))
    newest = mailbox.newest()
    assert newest is not None
    assert (newest.frames, newest.recording) == (8, True)


def test_a_status_that_is_too_long_loses_its_quotes() -> None:
    mailbox = Mailbox(shared_memory(4096))
    mailbox.put(CaptureStatus(CaptureState.WAITING, "m", last_text=("é" * 4000,)))
    newest = mailbox.newest()
    assert newest is not None
    assert (newest.message, newest.last_text) == ("m", ())
