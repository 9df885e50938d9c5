"""Sounds as browsers record them, made in the test: a tone with silence around it."""

import io
from functools import cache

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from tutoring.safety import sound_sanitizer
from tutoring.safety.sound_sanitizer import WORKER, Sound

RATE = 48_000
SPOKEN = b"spoken"  # what `without_worker` takes for a sound
SOUND = Sound(b"OggS-opus", b"\xff\xf1-aac", 12_400, bytes(range(48)))


def without_worker(monkeypatch: pytest.MonkeyPatch, made: Sound = SOUND) -> None:
    """Makes each voice note this sound without a process, which has its own tests; only SPOKEN is taken."""

    def sanitize(data: bytes, note: bool) -> Sound:
        assert note
        if data != SPOKEN:
            raise WORKER.refused("type")
        return made

    monkeypatch.setattr(sound_sanitizer, "sanitize", sanitize)


@cache
def recorded(seconds: float = 1.0, around: float = 0.5, codec: str = "libopus", container: str = "webm") -> bytes:
    """Returns a tone of this length between two silences, in the file of a browser."""
    tone = 0.2 * np.sin(2 * np.pi * 220 * np.arange(int(RATE * seconds)) / RATE)
    silence = np.zeros(int(RATE * around))
    return filed(np.concatenate([silence, tone, silence]), codec, container)


def spoken_words(seconds: float) -> bytes:
    """Returns sound as rich as speech in the file of a browser: a wavering voice and hisses, eight parts a second."""
    chance = np.random.default_rng(7)
    at = np.arange(int(RATE * seconds)) / RATE
    pitch = 2 * np.pi * np.cumsum(160 + 30 * np.sin(2 * np.pi * 0.7 * at)) / RATE
    voice = sum(np.sin(n * pitch) / n for n in range(1, 20)) * np.clip(np.sin(2 * np.pi * 4 * at), 0.05, 1)
    hiss = chance.standard_normal(at.size) * np.clip(-np.sin(2 * np.pi * 4 * at), 0, 0.3)
    return filed(0.1 * (voice + hiss), "libopus", "webm")


def filed(samples: np.ndarray, codec: str, container: str) -> bytes:
    """Returns these samples in a file of this kind, with a title that must not come through."""
    frame = AudioFrame.from_ndarray(samples.astype(np.float32)[None, :], format="flt", layout="mono")
    frame.sample_rate, frame.pts = RATE, 0
    out = io.BytesIO()
    with av.open(out, "w", format=container, options={"fflags": "+bitexact"}) as target:
        target.metadata["title"] = "Giọng của cô Hằng ở 12 Lê Lợi"
        track = target.add_stream(codec, rate=RATE, layout="mono")
        form, size = track.codec_context.format, track.codec_context.frame_size or 960
        resampler = AudioResampler(format=form, layout="mono", rate=RATE, frame_size=size)
        for whole in (frame, None):
            for part in resampler.resample(whole):
                target.mux(track.encode(part))
        target.mux(track.encode(None))
    return out.getvalue()


def length(data: bytes) -> float:
    """Returns the seconds of sound that a file holds when it is decoded."""
    with av.open(io.BytesIO(data)) as source:
        return sum(frame.samples / frame.sample_rate for frame in source.decode(audio=0))


@cache
def filmed() -> bytes:
    """Returns a WebM file with a picture track beside its sound."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as target:
        picture = target.add_stream("libvpx", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        sound = target.add_stream("libopus", rate=RATE, layout="mono")
        for _ in range(3):
            target.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        target.mux(picture.encode(None))
        frame = AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), format="flt", layout="mono")
        frame.sample_rate = RATE
        target.mux(sound.encode(frame))
        target.mux(sound.encode(None))
    return out.getvalue()
