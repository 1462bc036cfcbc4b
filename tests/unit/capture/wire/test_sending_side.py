"""The C file that sends the native format, compiled for this computer: our parser reads its bytes back."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from workbench.capture.wire.native import NativeFrames
from workbench.project.model import Channel
from workbench.resources import resource

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wdouble-promotion", "-Werror")
MAIN = r"""
#include "workbench_stream.h"
#include <stdio.h>

static void to_stdout(const uint8_t *bytes, size_t count) { fwrite(bytes, 1, count, stdout); }

static wb_stream_t stream;

int main(void)
{
    const char *hello = "{\"channels\":[{\"name\":\"a\",\"unit\":\"g\",\"scale\":0.5},{\"name\":\"b\"}],\"rate\":100}";
    static float many[WB_LARGEST_BODY / 4 + 1];
    wb_begin(&stream, to_stdout, hello, 4294000000U);
    for (unsigned int n = 0; n < 300; ++n) {
        const float values[2] = {(float)n, -0.25F * (float)n};
        (void)wb_send_float(&stream, values, 2, 4294000000U + 10000U * n);
    }
    for (int n = 0; n < 300; ++n) {
        const int16_t values[4] = {(int16_t)n, (int16_t)-n, (int16_t)(2 * n), 0};
        (void)wb_send_int16(&stream, values, 4, 2000000U + 20000U * (unsigned int)n);
    }
    for (unsigned int n = 0; n < WB_LARGEST_BODY / 4; ++n) { many[n] = 1.0F / (float)(n + 1); }
    (void)wb_send_float(&stream, many, WB_LARGEST_BODY / 4, 0);
    return wb_send_float(&stream, many, WB_LARGEST_BODY / 4 + 1, 0);
}
"""


PICTURES = r"""
#include "workbench_stream.h"
#include <stdio.h>

static void to_stdout(const uint8_t *bytes, size_t count) { fwrite(bytes, 1, count, stdout); }

int main(void)
{
    static wb_stream_t camera, motion, sound;
    static uint8_t pixels[2 * 96 * 96];
    static int16_t block[256];
    motion.number = 0;
    sound.number = 5;
    camera.number = 2;
    wb_begin(&motion, to_stdout, "{\"channels\":[{\"name\":\"x\"}],\"rate\":100}", 0);
    wb_begin(&sound, to_stdout, "{\"channels\":[{\"name\":\"sound\"}],\"rate\":16000}", 0);
    wb_begin(&camera, to_stdout, NULL, 0);
    for (unsigned int i = 0; i < sizeof pixels; ++i) { pixels[i] = (uint8_t)(i * 7U % 256U); }
    for (int n = 0; n < 20; ++n) {
        const float value = (float)n;
        for (int i = 0; i < 256; ++i) { block[i] = (int16_t)(256 * n + i); }
        (void)wb_send_float(&motion, &value, 1, (uint32_t)(10000 * n));
        (void)wb_send_int16(&sound, block, 256, (uint32_t)(16000 * n));
    }
    wb_send_picture(&camera, pixels, WB_GREY8, 96, 96, 1000000U);
    wb_send_picture(&camera, pixels, WB_RGB565_HIGH_BYTE_FIRST, 96, 96, 2000000U);
    wb_send_picture(&camera, pixels, WB_RGB565_LOW_BYTE_FIRST, 3, 1, 3000000U);
    return 0;
}
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return output_of(MAIN, tmp_path_factory.mktemp("sender"))


def output_of(main: str, folder: Path) -> bytes:
    compiler = shutil.which("gcc")
    assert compiler, "gcc is needed to compile the sending side"
    (folder / "main.c").write_text(main)
    source: Path = resource("firmware/capture/workbench_stream.c")
    program = folder / "sender"
    files = [str(folder / "main.c"), str(source), f"-I{source.parent}", "-o", str(program)]
    subprocess.run([compiler, *STRICT, *files], check=True)
    return subprocess.run([str(program)], check=True, capture_output=True).stdout


def test_the_bytes_come_back(sent: bytes) -> None:
    parser = NativeFrames()
    values = np.concatenate([rows.values for rows in parser.feed(b"boot text" + sent)])
    n = np.arange(300)
    np.testing.assert_array_equal(values[:300], np.stack([n, -0.25 * n], axis=1))
    np.testing.assert_array_equal(values[300:900:2], np.stack([0.5 * n, -n], axis=1))
    np.testing.assert_array_equal(values[301:900:2], np.stack([n, 0 * n], axis=1))
    np.testing.assert_array_equal(values[900:].ravel(), 1 / np.arange(1, 257, dtype=np.float32))
    counts = parser.counts
    assert (counts.bad, counts.missing, counts.sequence_gaps) == (0, 0, 0)
    assert parser.channels == (Channel("a", "g"), Channel("b"))
    assert parser.declared_hz == 100


def test_pictures_and_several_streams_come_back(tmp_path: Path) -> None:
    parser = NativeFrames()
    rows = parser.feed(output_of(PICTURES, tmp_path))
    motion, sound = (np.concatenate([one.values for one in rows if one.stream == stream]) for stream in (0, 5))
    np.testing.assert_array_equal(motion[:, 0], np.arange(20))
    np.testing.assert_array_equal(sound[:, 0], np.arange(20 * 256))
    grey, colour, small = parser.pictures()
    pixels = (np.arange(2 * 96 * 96) * 7 % 256).astype(np.uint8)
    np.testing.assert_array_equal(grey.pixels.ravel(), pixels[: 96 * 96])
    assert (grey.pixels.shape, colour.pixels.shape, small.pixels.shape) == ((96, 96, 1), (96, 96, 3), (1, 3, 3))
    packed = pixels.view(">u2").astype(int)
    expected = np.stack([(packed >> 11) * 255 // 31, (packed >> 5 & 63) * 255 // 63, (packed & 31) * 255 // 31], 1)
    np.testing.assert_array_equal(colour.pixels.reshape(-1, 3), expected)
    first = int(pixels[:2].view("<u2")[0])
    assert small.pixels[0, 0].tolist() == [
        (first >> 11) * 255 // 31,
        (first >> 5 & 63) * 255 // 63,
        first % 32 * 255 // 31,
    ]
    assert [one.device_s for one in (grey, colour, small)] == [0.0, 1.0, 2.0], "from the first of the stream on"
    counts = parser.counts
    assert (counts.bad, counts.missing, counts.pictures, counts.pictures_lost) == (0, 0, 3, 0)


def test_the_description_is_repeated_so_that_a_late_listener_understands(sent: bytes) -> None:
    parser = NativeFrames()
    rows = parser.feed(sent[len(sent) // 3 :])
    assert parser.channels == (Channel("a", "g"), Channel("b"))
    assert sum(len(one.values) for one in rows) > 300


@pytest.mark.parametrize(
    "name", ["nano33ble_sense_rev1", "nano33ble_sense_rev2", "mpu6050", "microphone_pdm", "camera_esp32"]
)
@pytest.mark.parametrize("standard", ["gnu++11", "gnu++17"])
def test_each_sketch_is_sound(name: str, standard: str) -> None:
    folder = resource("firmware/capture")
    sketch = folder / name / f"{name}.ino"
    compiler = shutil.which("g++")
    assert compiler, "g++ is needed to check the sketches"
    warnings = ("-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-std={standard}", "-x", "c++")
    includes = (f"-I{folder}", f"-I{Path(__file__).parent / 'stubs'}")
    subprocess.run([compiler, *warnings, *includes, str(sketch)], check=True)
    if "HELLO" in sketch.read_text():  # pictures say themselves what they are
        hello = json.loads(c_string(sketch.read_text()))
        assert all(channel["name"] for channel in hello["channels"])
    assert len([line for line in (sketch.parent / "README.md").read_text().splitlines() if line]) <= 5


def c_string(source: str) -> str:
    """The text of the sketch's HELLO."""
    literal = source[source.index("HELLO[] =") :].split(";", 1)[0]
    return "".join(json.loads(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', literal))
