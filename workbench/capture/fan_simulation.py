"""The vibration of a ceiling fan, simulated: what an accelerometer taped to its motor housing would read.

The fan is a rigid body of mass M that hangs from the ceiling on a short rod and can swing sideways in two
directions with a natural frequency f0 and a damping ratio ζ each. In the room's frame (x, y level, z up), with
the rotation frequency f and ω = 2πf:

* **Unbalance.** A mass m at radius e (the unbalance m·e) pulls outwards with m·e·ω². The sideways displacement
  it causes has the amplitude (m·e / M) · r² / √((1 − r²)² + (2ζr)²) with r = f / f0, and lags the force by
  atan2(2ζr, 1 − r²): the rotating unbalance of any textbook on vibrations (S. S. Rao, *Mechanical Vibrations*,
  "Response of a damped system under rotating unbalance"). The acceleration is ω² times that. Every fan has a
  little unbalance left; an unbalanced blade adds a lot.
* **Swing.** A displacement d on a rod of length l tilts the housing by d / l, which turns as much of gravity
  into the sideways axes.
* **Blades.** Each of n blades that passes an arm of the housing presses on it: a force at n·f along z, growing
  with ω² as the pressure of moving air does.
* **Hum.** The motor pulls twice in each period of the mains: at 120 Hz on 60 Hz mains. The sensor here does not
  filter, so that at a rate of 200 Hz the hum appears at 80 Hz, as it does in real recordings of this kind.
* **Air and bearings.** Broadband noise that grows with the speed and is amplified around f0.
* **Sensor.** Turned by any angle, white noise, steps of 1/4096 g, clipped at ±2 g.

The speed wanders slowly by a fraction of a percent. All amplitudes are plausible, none was fitted to a real fan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.project.model import Channel

CHANNELS = (Channel("ax", "g"), Channel("ay", "g"), Channel("az", "g"))
ROTATION_HZ = {"off": 0.0, "low": 1.2, "medium": 2.1, "high": 3.4}
SPEEDS = tuple(ROTATION_HZ)

_G = 9.81  # m/s²
_MASS_KG = 5.0
_ROD_M = 0.3
_BLADES = 5
_UNBALANCED_KG_M = 0.003  # a coin of 5 g at 0.6 m
_BLADE_PASS_G_PER_HZ2 = 0.0008
_SECOND_HARMONIC = 0.15  # of the first: a worn suspension does not swing as a perfect sine
_HUM_G = 0.003
_MAINS_HZ = 60.0
_AIR_G_PER_HZ = 0.0012
_SPEED_WANDER = 0.004  # standard deviation, as a share of the speed
_WANDER_S = 5.0  # how long the wandering remembers
_SENSOR_NOISE_G = 0.003
_STEP_G = 1 / 4096
_RANGE_G = 2.0


@dataclass(frozen=True)
class Mounting:
    """What differs from one session to the next: the sensor was taped on anew and the day is another one."""

    turn: np.ndarray  # (3, 3) from the room's axes to the sensor's
    speed_factor: float  # mains voltage and bearing grease
    natural_hz: tuple[float, float]  # along x and y
    damping: float
    residual_kg_m: float  # the unbalance that every fan has
    hum: float  # factor


def random_mounting(rng: np.random.Generator) -> Mounting:
    """One plausible session."""
    # The orthogonal factor of a normal matrix is spread evenly over all rotations.
    turn, upper = np.linalg.qr(rng.normal(size=(3, 3)))
    turn *= np.sign(np.diag(upper))
    turn[0] *= np.linalg.det(turn)  # a rotation, never a mirror
    return Mounting(
        turn=turn,
        speed_factor=rng.uniform(0.88, 1.12),
        natural_hz=(rng.uniform(2.5, 2.9), rng.uniform(2.7, 3.1)),
        damping=rng.uniform(0.1, 0.16),
        residual_kg_m=rng.uniform(0.0003, 0.0015),
        hum=rng.uniform(0.6, 1.4),
    )


def simulate_fan(
    speed: str,
    unbalanced: bool,
    seconds: float,
    rate_hz: float,
    rng: np.random.Generator,
    *,
    mounting: Mounting | None = None,
) -> np.ndarray:
    """The sensor's readings in g, float32 (rows, 3), one row every 1 / rate_hz seconds.

    ``speed`` is one of SPEEDS; without ``mounting`` a new session is drawn.
    """
    mounting = mounting or random_mounting(rng)
    rows = round(seconds * rate_hz)
    rotation_hz = ROTATION_HZ[speed] * mounting.speed_factor
    room = np.zeros((rows, 3))
    room[:, 2] = 1.0  # an accelerometer at rest reads gravity upwards
    if rotation_hz > 0:
        angle = _blade_angle(rotation_hz, rows, rate_hz, rng)
        unbalance = mounting.residual_kg_m + (_UNBALANCED_KG_M if unbalanced else 0.0)
        room[:, :2] += _swing(angle, rotation_hz, unbalance, mounting)
        room[:, 2] += _BLADE_PASS_G_PER_HZ2 * rotation_hz**2 * np.cos(_BLADES * angle + rng.uniform(0, 2 * np.pi))
        room += _hum(rows, rate_hz, mounting, rng)
        room += _air(rotation_hz, rows, rate_hz, mounting, rng)
    readings = room @ mounting.turn.T + rng.normal(0, _SENSOR_NOISE_G, (rows, 3))
    steps = np.rint(readings.clip(-_RANGE_G, _RANGE_G) / _STEP_G)
    return np.asarray(steps * _STEP_G, np.float32)


def _blade_angle(rotation_hz: float, rows: int, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    """The angle of the first blade over time, rad, with a speed that wanders (an Ornstein-Uhlenbeck process)."""
    keep = np.exp(-1 / (_WANDER_S * rate_hz))
    kicks = rng.normal(0, _SPEED_WANDER * np.sqrt(1 - keep**2), rows)
    wander = np.empty(rows)
    level = rng.normal(0, _SPEED_WANDER)
    for row in range(rows):
        level = keep * level + kicks[row]
        wander[row] = level
    turned: np.ndarray = rng.uniform(0, 2 * np.pi) + np.cumsum(2 * np.pi * rotation_hz * (1 + wander) / rate_hz)
    return turned


def _swing(angle: np.ndarray, rotation_hz: float, unbalance_kg_m: float, mounting: Mounting) -> np.ndarray:
    """Sideways acceleration and tilt from the unbalance, in g, (rows, 2)."""
    swing = np.empty((len(angle), 2))
    for axis, natural_hz in enumerate(mounting.natural_hz):
        r = rotation_hz / natural_hz
        lag = np.arctan2(2 * mounting.damping * r, 1 - r**2)
        metres = unbalance_kg_m / _MASS_KG * r**2 / np.hypot(1 - r**2, 2 * mounting.damping * r)
        amplitude_g = metres * ((2 * np.pi * rotation_hz) ** 2 / _G + 1 / _ROD_M)
        phase = angle - lag - axis * np.pi / 2  # the force turns: along y a quarter later than along x
        swing[:, axis] = amplitude_g * (np.cos(phase) + _SECOND_HARMONIC * np.cos(2 * phase))
    return swing


def _hum(rows: int, rate_hz: float, mounting: Mounting, rng: np.random.Generator) -> np.ndarray:
    """Vibration at twice the mains frequency, in g, (rows, 3)."""
    time = np.arange(rows)[:, None] / rate_hz
    direction = rng.uniform(0.4, 1.0, 3)
    hum: np.ndarray = (
        _HUM_G * mounting.hum * direction * np.cos(2 * np.pi * 2 * _MAINS_HZ * time + rng.uniform(0, 6.28))
    )
    return hum


def _air(rotation_hz: float, rows: int, rate_hz: float, mounting: Mounting, rng: np.random.Generator) -> np.ndarray:
    """Broadband noise, amplified around the natural frequency of the level axes, in g, (rows, 3)."""
    noise = rng.normal(0, _AIR_G_PER_HZ * rotation_hz, (rows, 3))
    frequencies = np.fft.rfftfreq(rows, 1 / rate_hz)
    spectrum = np.fft.rfft(noise, axis=0)
    for axis, natural_hz in enumerate(mounting.natural_hz):
        r = frequencies / natural_hz
        spectrum[:, axis] *= np.hypot(1, 2 * mounting.damping * r) / np.hypot(1 - r**2, 2 * mounting.damping * r)
    shaped: np.ndarray = np.fft.irfft(spectrum, rows, axis=0)
    return shaped
