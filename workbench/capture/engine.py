"""The work of capture, one small step after another: connect, read, parse, publish, record.

It knows no processes: the window runs it in a child, the command line in its job.
"""

from __future__ import annotations

import dataclasses
import time
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workbench.capture import diagnosis
from workbench.capture.byte_ring import ByteRing
from workbench.capture.channel_names import ChannelNames
from workbench.capture.devices import Device
from workbench.capture.line_watch import LineWatch
from workbench.capture.link import Link
from workbench.capture.picture_rate import PictureRate
from workbench.capture.picture_slot import PictureSlot
from workbench.capture.picture_take import PictureTake
from workbench.capture.planned_take import PlannedTake
from workbench.capture.raw_log import RawLog
from workbench.capture.recorder import TakePlan
from workbench.capture.ring import SampleRing
from workbench.capture.side_streams import SideStreams, in_words
from workbench.capture.source import Source, SourceEnded, SourceLost
from workbench.capture.status import CaptureState, CaptureStatus, SeenGap, Take, TakeStage
from workbench.capture.stream_time import StreamTime, Stretch
from workbench.capture.time_column import TimeColumn
from workbench.capture.whereabouts import Whereabouts
from workbench.capture.wire.binary import BinaryFrames
from workbench.capture.wire.detect import AutoDetect
from workbench.capture.wire.parser import Counts, Picture, Rows, WireParser
from workbench.errors import NotPossible, WorkbenchError
from workbench.project.model import Channel

_RETRY_S = 0.5
_IDLE_S = 0.02
_STILL_RECEIVING_S = 2.0
_NOTICE_S = 10.0
_LOOK_BACK_S = 5.0
_GAPS_SHOWN = 100  # the newest
_LINES_OF_A_BOOT = 2  # of text, at least


class CaptureEngine:
    """Reads what a link leads to until it is closed, whatever that does. Call ``step`` in a loop.

    Raises BadSetting when a setting of the link is out of bounds.
    """

    def __init__(
        self,
        link: Link,
        *,
        ring: SampleRing | None = None,
        byte_ring: ByteRing | None = None,
        picture_slot: PictureSlot | None = None,
        device: Device | None = None,
    ) -> None:
        self._device = device or Device(link)
        self._whereabouts = Whereabouts(link.device)
        self._ring = ring
        self._byte_ring = byte_ring
        self._picture_slot = picture_slot
        self._clock: Callable[[], float] = self._device.now
        self._started_s = self._clock()

        self._source: Source | None = None
        self._over = ""  # why there is no more to come
        self._last_title = ""  # of the format, when it ended
        self._retry_s = self._started_s
        self._opened_s = 0.0
        self._bytes_before = 0  # the port was opened
        self._port_trouble = ""
        self._port_error: WorkbenchError | None = None

        self._link = link
        self._parser: WireParser = self._device.parser()
        self._counted = Counts()  # by the parsers before this one
        self._names = ChannelNames(link.settings.channel_names)
        self._time_column = TimeColumn(link.settings.time_column)
        self._raw_log = None if link.raw_log is None else RawLog(link.raw_log, self._started_s)
        self._line = LineWatch()
        self._time = StreamTime(link.settings.rate_hz)
        self._lost_in_time: int | None = 0  # lost readings that the stream's time has accounted for; None: all
        self._channels: tuple[Channel, ...] = ()
        self._bytes = 0
        self._odd_bytes = 0
        self._bytes_read = 0  # up to the last reading or picture
        self._text_read = 0  # lines of text up to the last reading
        self._gaps = 0
        self._seen_gaps: deque[SeenGap] = deque(maxlen=_GAPS_SHOWN)
        self._after_gap = False  # nothing has come since
        self._last_reading_s: float | None = None  # by the even times of the stream
        self._last_rows_s: float | None = None  # when readings or a picture came last

        self._shown: int | None = None  # the stream that is looked at: at first the one that comes first
        self._side = SideStreams()
        self._picture_rate = PictureRate()
        self._picture_shape: tuple[int, int, int] | None = None

        self._recorder: PlannedTake | PictureTake | None = None
        self._takes = 0
        self._bad_before_take = 0
        self._notice = ("", 0.0)  # text, until when
        self._looked_back = (self._started_s, 0, 0, 0)  # time, frames, bad, not finite

    def now(self) -> float:
        """The engine's clock, s."""
        return self._clock()

    # ---------------------------------------------------------------- reading

    def step(self) -> None:
        """Do what there is to do; returns within some hundredths of a second."""
        if self._over:
            time.sleep(_IDLE_S)
        elif self._source is None:
            self._connect()
        else:
            try:
                data = self._source.read()
                if data:
                    self._received(data, self._clock())
            except SourceEnded as error:
                self._ended(error)
            except SourceLost as error:
                self._lost(error)
                return
        now = self._clock()
        if self._source is not None:
            self._line.look(self._source, now)
        self._look_back(now)
        if self._recorder is not None:
            self._recorder.keep_safe(now)
            self._side.keep_safe(now)

    def _connect(self) -> None:
        if self._clock() < self._retry_s:
            time.sleep(_IDLE_S)
            return
        try:
            self._source = self._device.open(self._whereabouts.look())
        except WorkbenchError as error:
            self._port_trouble, self._port_error = str(error), error
            self._retry_s = self._clock() + _RETRY_S
            return
        self._whereabouts.opened()
        if self._source.notice:
            self._tell(self._source.notice)
        self._port_trouble, self._port_error = "", None
        self._opened_s = self._clock()
        self._bytes_before = self._bytes
        self._odd_bytes = 0

    def _lost(self, error: SourceLost) -> None:
        if self._source is not None:
            self._line.over(self._source)
            self._source.close()
        self._source = None
        self._retry_s = self._clock() + _RETRY_S
        self._port_trouble = f"{error.what} Reading goes on when it is plugged in again."
        if self._recorder is not None:
            self._port_trouble += " The take so far is safe."
        self._parser.restart()
        self._side.start_over()
        if self._last_rows_s is not None:
            self._gap()

    def _ended(self, error: SourceEnded) -> None:
        """What the last bytes still hold belongs to the take."""
        self._over = error.what
        self._last_title = self._parser.title  # it begins anew now
        for rows in self._parser.finish():
            self._publish(rows, self._clock())
        if self._source is not None:
            self._source.close()
        self._source = None

    def _gap(self) -> None:
        self._gaps += 1
        self._after_gap = True
        self._time.start_over()
        if self._recorder is not None:
            self._recorder.end_part()

    def _received(self, data: bytes, read_s: float) -> None:
        self._bytes += len(data)
        if self._byte_ring is not None:
            self._byte_ring.write(data)
        if self._raw_log is not None:
            self._raw_log.write(data, read_s)
        if not self._parser.channels:
            self._odd_bytes += diagnosis.unreadable(data)
        title = self._parser.title
        others = self._parser.counts.other_formats
        parsed = self._parser.feed(data)
        if self._parser.counts.other_formats != others:
            if self._last_rows_s is not None:
                self._gap()
            self._tell(f"The board sends {self._parser.title} now; it was {title}.")
            self._begin_anew()
        for rows in parsed:
            self._publish(rows, read_s)
        for picture in self._parser.pictures():
            self._show_picture(picture, read_s)
        answer = self._parser.reply()
        if answer and self._source is not None:
            self._source.write(answer)

    @property
    def _counts(self) -> Counts:
        """What went through all parsers."""
        return self._counted + self._parser.counts

    def read_as(self, link: Link) -> None:
        """Understand what comes from now on as the settings of ``link`` say, which leads to the same device.

        Raises NotPossible while a take is running, BadSetting when a setting is out of bounds.
        """
        if self._recorder is not None:
            raise NotPossible("A take is running.", to_do="End it first.")
        names = ChannelNames(link.settings.channel_names)
        Device(link).parser()
        before, self._link, self._names = self._link, link, names
        self._time_column = TimeColumn(link.settings.time_column)
        self._device.read_as(link)
        if link.settings.rate_hz != before.settings.rate_hz:
            self._time = StreamTime(link.settings.rate_hz)
        if link.understanding != before.understanding:
            self._counted, self._parser = self._counts, self._device.parser()
            self._time.start_over()
            self._begin_anew()

    def _begin_anew(self) -> None:
        """What comes now is read in another way: its readings are no continuation of those before."""
        self._channels, self._picture_shape = (), None
        self._shown, self._lost_in_time = None, None
        if self._recorder is None:
            self._side = SideStreams()
        else:
            self._side.start_over()

    def _show_picture(self, picture: Picture, read_s: float) -> None:
        self._last_rows_s, self._bytes_read = read_s, self._bytes
        self._picture_rate.add(read_s)
        height, width, colours = picture.pixels.shape
        self._picture_shape = height, width, colours
        if self._picture_slot is not None:
            self._picture_slot.put(picture.pixels)
        if isinstance(self._recorder, PictureTake):
            self._recorder.see(picture.pixels, read_s)

    def _publish(self, rows: Rows, read_s: float) -> None:
        if self._shown is None:
            self._shown = rows.stream
        if rows.stream != self._shown:
            running = isinstance(self._recorder, PlannedTake) and self._recorder.stage is TakeStage.RUNNING
            self._side.write(rows, self._parser.lost_of(rows.stream), read_s, running=running)
            return
        rows = self._names.put_on(self._time_column.take(rows))
        if rows.channels != self._channels:
            self._change_channels(rows.channels)
        lost_so_far = self._parser.lost_of(rows.stream)
        lost = 0 if self._lost_in_time is None else lost_so_far - self._lost_in_time
        self._lost_in_time = lost_so_far
        for stretch in self._time.stretches(rows, lost, read_s, printed=self._boot_text()):
            if stretch.gap:
                self._tell(stretch.gap)
                self._gap()
            self._keep(stretch)
        self._last_rows_s, self._bytes_read = read_s, self._bytes

    def _boot_text(self) -> str:
        """The first of several lines of text since the last reading; "" when there were none, or one: a remark."""
        text, quoted = self._counted.text + self._parser.counts.text, self._parser.counts.last_text
        lines, self._text_read = text - self._text_read, text
        return quoted[-min(lines, len(quoted))] if lines >= _LINES_OF_A_BOOT and quoted else ""

    def _keep(self, stretch: Stretch) -> None:
        times, changed = self._time.add(stretch)
        self._mark_gap(stretch, times)
        if changed:
            self._tell("The board sends at another rate now.")
            if self._recorder is not None:
                self._recorder.end_part()
        if self._ring is not None:
            self._ring.write(stretch.rows.values, times - self._started_s)
        if self._recorder is not None:
            self._recorder.write(stretch.rows, stretch.lost, stretch.read_s, self._time.rate)

    def _mark_gap(self, stretch: Stretch, times: NDArray[np.float64]) -> None:
        """For whoever looks at the live signal."""
        before, self._last_reading_s = self._last_reading_s, float(times[-1])
        if before is None or not (stretch.lost or self._after_gap):
            return
        rate = self._time.rate
        seconds = max(0.0, float(times[0]) - before) if self._after_gap or rate is None else stretch.lost / rate.hz
        self._after_gap = False
        self._seen_gaps.append(SeenGap(float(times[0]) - self._started_s, stretch.lost, seconds))

    def _change_channels(self, channels: tuple[Channel, ...]) -> None:
        if len(channels) != len(self._channels):
            if self._channels:
                self._tell(f"The board now sends {len(channels)} values a reading; it was {len(self._channels)}.")
                self._time.start_over()
            if misfit := self._names.misfit(channels):
                self._tell(misfit)
            if self._ring is not None:
                self._ring.lay_out(len(channels))
                self._seen_gaps.clear()
        self._channels = channels

    def show_stream(self, place: int) -> None:
        """Look at another stream of the link, by its place in ``CaptureStatus.streams``.

        Raises NotPossible while a take is running, or when there is no such stream.
        """
        if self._recorder is not None:
            raise NotPossible("A take is running.", to_do="End it first.")
        numbers = self._stream_numbers()
        if not 0 <= place < len(numbers):
            raise NotPossible("There is no such stream.")
        if numbers[place] != self._shown:
            self._shown = numbers[place]
            self._side = SideStreams()
            self._time, self._channels = StreamTime(self._link.settings.rate_hz), ()
            self._lost_in_time = self._parser.lost_of(self._shown)

    def _stream_numbers(self) -> list[int]:
        """Of all streams that have come, in order."""
        return sorted({*self._side.titles, *([] if self._shown is None else [self._shown])})

    def send(self, data: bytes) -> None:
        """Send bytes to the board. Raises NotPossible while the port is not open."""
        if self._source is None:
            raise NotPossible("The port is not open.", to_do="Wait until it is, or connect again.")
        try:
            self._source.write(data)
        except SourceLost as error:
            self._lost(error)
            raise NotPossible("The board does not take what is sent.", where=self._whereabouts.name) from error

    # ---------------------------------------------------------------- takes

    def begin_take(self, plan: TakePlan) -> int:
        """Record what comes from now on, or from the trigger on; the number of the take.

        Raises NotPossible when a take already runs, or its folder or the trigger's channel is missing.
        """
        if self._recorder is not None:
            raise NotPossible("A take is already running.", to_do="End it first.")
        if not plan.path.parent.is_dir():
            raise NotPossible("The folder for the take is missing.", where=str(plan.path.parent))
        if plan.trigger is not None and plan.trigger.column(self._channels) is None:
            names = ", ".join(channel.name for channel in self._channels)
            raise NotPossible(
                f"There is no channel {plan.trigger.channel!r} to trigger on.",
                to_do=f"Choose one that the board sends: {names or 'none has come yet'}.",
            )
        if plan.pictures is not None:
            self._recorder = PictureTake(plan, self._clock)
        else:
            self._recorder = PlannedTake(plan)
            self._side.begin_take(plan)
        self._takes += 1
        self._bad_before_take = self._counts.bad
        return self._takes

    def end_take(self) -> Take:
        """Finish the files. Raises NotPossible when no take runs or too little came to record."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            raise NotPossible("No take is running.")
        take = recorder.close(self._counts.bad - self._bad_before_take)
        take = dataclasses.replace(take, parts=take.parts + self._side.end_take())
        if not take.parts and not take.pictures:
            raise NotPossible(take.note or "Nothing was recorded.", to_do="Record until readings have come.")
        return take

    def close(self) -> None:
        """Let go of the port; a running take is finished and its files stay."""
        if self._source is not None:
            self._source.close()
            self._source = None
        if self._raw_log is not None:
            self._raw_log.close()
        if self._recorder is not None:
            self._recorder.close(0)
            self._side.end_take()
            self._recorder = None

    # ---------------------------------------------------------------- telling

    @property
    def port_error(self) -> WorkbenchError | None:
        """Why the port could not be opened at the last try."""
        return self._port_error

    @property
    def raw_log_problem(self) -> str:
        """Why the raw log is not whole; "" when it is, or there is none."""
        return "" if self._raw_log is None else self._raw_log.problem

    def _tell(self, text: str) -> None:
        self._notice = (text, self._clock() + _NOTICE_S)

    def _look_back(self, now: float) -> None:
        """Every few seconds: was what came since the last look in order?"""
        then, frames, bad, not_finite = self._looked_back
        if now - then < _LOOK_BACK_S:
            return
        counts = self._counts
        self._looked_back = (now, counts.frames, counts.bad, counts.not_finite)
        since = counts.frames - frames, counts.bad - bad, counts.not_finite - not_finite
        wrong = diagnosis.what_is_wrong(*since, chosen=self._chosen_format)
        if trouble := self._time.doubt_clock() or self._line.trouble() or wrong:
            self._tell(trouble)

    @property
    def _chosen_format(self) -> str:
        """The format that somebody has set, in words; "" when it is to be found out."""
        return "" if self._link.settings.wire_format is None else self._parser.title

    def _state(self, now: float) -> CaptureState:
        if self._over:
            return CaptureState.ENDED
        if self._source is None:
            return CaptureState.CONNECTING if self._last_rows_s is None else CaptureState.LOST
        silent = self._last_rows_s is None or now - max(self._last_rows_s, self._opened_s) > _STILL_RECEIVING_S
        return CaptureState.WAITING if silent else CaptureState.RECEIVING

    def _message(self, now: float) -> str:
        notice = self._notice[0] if now < self._notice[1] else ""
        if self._recorder is not None and self._recorder.problem:
            return self._recorder.problem
        if self._over:
            return self._over
        if self._source is None:
            return self._port_trouble
        if self.raw_log_problem:
            return self.raw_log_problem
        if self._last_rows_s is None or self._last_rows_s < self._opened_s:
            open_s, received = now - self._opened_s, self._bytes - self._bytes_before
            native_usb = self._whereabouts.native_usb
            return diagnosis.why_nothing_comes(
                open_s,
                received,
                self._odd_bytes,
                self._parser.counts,
                native_usb=native_usb,
                chosen=self._chosen_format,
            )
        silent_s, received = now - self._last_rows_s, self._bytes - self._bytes_read
        return notice or diagnosis.why_it_stopped(silent_s, received, chosen=self._chosen_format)

    def status(self) -> CaptureStatus:
        """How things stand."""
        now = self._clock()
        counts, rate = self._counts, self._time.rate
        titles = self._side.titles
        return CaptureStatus(
            state=self._state(now),
            message=self._message(now),
            port=self._whereabouts.name,
            format=self._last_title or self._parser.title,
            frame=self._parser.frame if isinstance(self._parser, AutoDetect | BinaryFrames) else None,
            channels=self._channels,
            rate_hz=rate.hz if rate else None,
            rate_plus_minus_hz=rate.plus_minus_hz if rate else None,
            frames=counts.frames,
            bad_lines=counts.bad,
            text_lines=counts.text,
            checksum_errors=counts.checksum_errors,
            sequence_gaps=counts.sequence_gaps,
            missing=counts.missing,
            other_formats=counts.other_formats,
            declared_hz=self._parser.declared_hz,
            driver_drops=self._line.dropped,
            damaged_bytes=self._line.damaged,
            bytes=self._bytes,
            gaps=self._gaps,
            seen_gaps=tuple(self._seen_gaps),
            recording_rows=None if self._recorder is None else self._recorder.rows,
            take_stage=None if self._recorder is None else self._recorder.stage,
            awaited="" if self._recorder is None else self._recorder.awaited,
            take_number=self._takes,
            jitter_s=self._time.jitter_s,
            pictures=counts.pictures,
            pictures_lost=counts.pictures_lost,
            picture_shape=self._picture_shape,
            picture_hz=self._picture_rate.at(now),
            streams=tuple(titles.get(n, in_words(self._channels)) for n in self._stream_numbers()) if titles else (),
            shown_stream=self._stream_numbers().index(self._shown) if titles and self._shown is not None else 0,
            last_text=tuple(counts.last_text),
        )
