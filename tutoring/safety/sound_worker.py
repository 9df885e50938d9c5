"""The sandboxed process that decodes an untrusted recording and encodes it anew.

worker_loop.py loads it (never imported), with PyAV and the standard library alone. A request begins with a word:
"READ" for a sentence of a lesson or "NOTE" for a voice note, with the file after it; "JOIN" with Opus files of this
process, each after its length. Run it only through sound_sanitizer.py.

An answer begins with "+". For one recording it holds milliseconds, the length of the Opus file, PEAKS bytes of loudness
over time, that file, and the AAC file (ADTS of a sentence, MP4 of a note); for "JOIN" one Opus file. Else it is the
word for why there is none.
"""

import array
import io
import itertools
import struct
from fractions import Fraction
from typing import Any

import av
import av.audio
import av.audio.frame
import av.audio.resampler
import av.filter
import av.logging

MIB = 1024 * 1024
LARGEST_INPUT = 5 * MIB
READ, NOTE, JOIN = b"READ", b"NOTE", b"JOIN"
LARGEST_REQUEST = 24 * MIB  # of a JOIN
MEMORY = 768 * MIB
PROCESSOR_SECONDS = 20
LONGEST = 61  # seconds of sound; a recorder stops at 60 and may be late
SHORTEST = 0.3  # seconds that are left when the silence at both ends is cut off
RATE = 48_000
PEAKS = 48  # of the drawn wave
LOUDEST = 0.5  # a peak that is drawn at full height: speech at the common loudness seldom exceeds it
# What browsers record: Chromium and Firefox WebM or Ogg, Safari MP4.
CONTAINERS = ((0, b"\x1aE\xdf\xa3", "matroska"), (0, b"OggS", "ogg"), (4, b"ftyp", "mov"))
CODECS = ("opus", "libopus", "vorbis", "aac")
_SILENCE = "silenceremove=start_periods=1:start_threshold=-50dB:start_silence=0.15:detection=peak"
# A common loudness, so that sentences of two days fit together.
LEVELLED = f"{_SILENCE},areverse,{_SILENCE},areverse,loudnorm=I=-18:TP=-2:LRA=11"


# Bits a second of Opus and AAC, the samples of AAC, and its container. ADTS files are joined byte by byte, but Chromium
# reads their end before it plays. It plays MP4 with the index first after some 32 kB.
QUALITY = {READ: (24_000, 40_000, RATE, "adts"), NOTE: (12_000, 32_000, 24_000, "mp4")}
AAC_FRAME = 1024  # samples
INDEX = 1000  # bytes of an MP4 index beside 4 for each frame; FFmpeg 8 writes 753


class SoundRejected(Exception):
    """The recording is rejected; the message is a word: type, long, silent."""


def kind(data: bytes) -> str:
    """Returns the container that the first bytes announce; raises SoundRejected, also for a large file."""
    if len(data) > LARGEST_INPUT:
        raise SoundRejected("long")
    for at, mark, name in CONTAINERS:
        if data[at : at + len(mark)] == mark:
            return name
    raise SoundRejected("type")


def clean(word: bytes, data: bytes) -> bytes:
    """Encodes the sound anew: mono, trimmed, at a common loudness, without metadata; twice, as Opus and as AAC."""
    frames = levelled(decoded(data))
    samples = sum(frame.samples for frame in frames)
    if samples < SHORTEST * RATE:
        raise SoundRejected("silent")
    opus_rate, aac_rate, aac_samples, container = QUALITY[word]
    opus = encoded(frames, "ogg", "libopus", opus_rate, {"application": "voip"})
    aac = encoded(frames, container, "aac", aac_rate, {}, aac_samples)
    return struct.pack(">II", samples * 1000 // RATE, len(opus)) + peaks(frames) + opus + aac


def peaks(frames: list[av.audio.frame.AudioFrame]) -> bytes:
    """Returns how loud the sound is over time: PEAKS numbers from 0 to 99."""
    sound = array.array("f")
    for frame in frames:
        sound.frombytes(bytes(frame.planes[0])[: frame.samples * 4])
    edges = [number * len(sound) // PEAKS for number in range(PEAKS + 1)]
    parts = [sound[begin:end] for begin, end in itertools.pairwise(edges)]
    return bytes(min(99, int(99 * max(max(part), -min(part)) / LOUDEST)) if part else 0 for part in parts)


def decoded(data: bytes) -> list[av.audio.frame.AudioFrame]:
    """Returns the only track as mono frames at 48 kHz; raises SoundRejected when there is another or it is too long."""
    options = {"codec_whitelist": ",".join(CODECS), "format_whitelist": "matroska,webm,ogg,mov"}
    source: Any = av.open(io.BytesIO(data), format=kind(data), options=options, metadata_errors="replace")
    with source as container:
        streams = container.streams
        if len(streams) != 1 or len(streams.audio) != 1:
            raise SoundRejected("type")
        track = streams.audio[0]
        if track.codec_context.name not in CODECS:
            raise SoundRejected("type")
        track.codec_context.thread_count = 1  # no thread can be started once limits apply
        resampler = av.audio.resampler.AudioResampler(format="flt", layout="mono", rate=RATE)
        frames: list[av.audio.frame.AudioFrame] = []
        samples = 0
        for frame in container.decode(track):
            frame.pts = None  # gaps and jumps of the recorder's clock are of no interest
            for part in resampler.resample(frame):
                samples += part.samples
                if samples > LONGEST * RATE:
                    raise SoundRejected("long")
                frames.append(part)
        frames += resampler.resample(None)
    return frames


def levelled(frames: list[av.audio.frame.AudioFrame]) -> list[av.audio.frame.AudioFrame]:
    """Returns the frames without silence at both ends, at a common loudness."""
    graph = av.filter.Graph()
    graph.threads = 1
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="mono", time_base=Fraction(1, RATE))
    last = source
    for one in [*LEVELLED.split(","), f"aresample={RATE}", "aformat=sample_fmts=flt:channel_layouts=mono"]:
        name, _, options = one.partition("=")
        here = graph.add(name, options)
        last.link_to(here)
        last = here
    sink = graph.add("abuffersink")
    last.link_to(sink)
    graph.configure()
    out: list[Any] = []
    at = 0
    for frame in [*frames, None]:
        if frame is not None:
            frame.pts, frame.time_base = at, Fraction(1, RATE)
            at += frame.samples
        source.push(frame)
        while True:
            try:
                out.append(sink.pull())
            except (av.BlockingIOError, av.EOFError):
                break
    return out


def encoded(
    frames: list[av.audio.frame.AudioFrame],
    container: str,
    codec: str,
    rate: int,
    options: dict[str, str],
    samples: int = RATE,
) -> bytes:
    """Returns the frames as a file of this container, with `rate` bits and `samples` samples a second."""
    out = io.BytesIO()
    form = {"fflags": "+bitexact"}
    if container == "mp4":  # the index comes first: else a browser needs the whole file before it plays
        count = sum(frame.samples for frame in frames) * samples // RATE // AAC_FRAME
        form["moov_size"] = str(INDEX + 4 * (count + 4))
    with av.open(out, "w", format=container, options=form) as target:
        track: Any = target.add_stream(codec, rate=samples, layout="mono", options=options)
        track.bit_rate = rate
        track.codec_context.thread_count = 1
        size = track.codec_context.frame_size or 960
        resampler = av.audio.resampler.AudioResampler(
            format=track.codec_context.format, layout="mono", rate=samples, frame_size=size
        )
        at = 0
        for frame in [*frames, None]:
            for part in resampler.resample(frame):
                part.pts = at
                at += part.samples
                for packet in track.encode(part):
                    target.mux(packet)
        for packet in track.encode(None):
            target.mux(packet)
    return out.getvalue()


def joined(request: bytes) -> bytes:
    """Returns one Opus file with the packets of several, one file after another; nothing is encoded anew."""
    out, at, moment = io.BytesIO(), 0, 0
    with av.open(out, "w", format="ogg", options={"fflags": "+bitexact"}) as target:
        track = None
        while at < len(request):
            (length,) = struct.unpack(">I", request[at : at + 4])
            part = io.BytesIO(request[at + 4 : at + 4 + length])
            at += 4 + length
            opened: Any = av.open(part, format="ogg", options={"codec_whitelist": "opus,libopus"})
            with opened as container:
                source = container.streams.audio[0]
                track = track or target.add_stream_from_template(source)
                for packet in container.demux(source):
                    if packet.size == 0:
                        continue
                    packet.stream, packet.pts, packet.dts = track, moment, moment
                    moment += packet.duration
                    target.mux(packet)
    return out.getvalue()


def load_all() -> None:
    """Encodes and decodes a tone, because PyAV imports some of its modules when they are first used."""
    av.logging.set_level(av.logging.PANIC)
    tone = av.audio.frame.AudioFrame(format="flt", layout="mono", samples=RATE)
    tone.sample_rate = RATE
    tone.planes[0].update(struct.pack("<4f", 0.1, 0.1, -0.1, -0.1) * (RATE // 4))
    frames = levelled([tone])
    peaks(frames)
    for container in ("adts", "mp4"):
        encoded(frames, container, "aac", 32_000, {}, 24_000)
    opus = encoded(frames, "ogg", "libopus", 24_000, {})
    decoded(opus)
    joined(struct.pack(">I", len(opus)) + opus)


def answer(data: bytes) -> bytes:
    """Returns the answer for a recording; every error only rejects it."""
    try:
        word, rest = data[:4], data[4:]
        return b"+" + (joined(rest) if word == JOIN else clean(word, rest))
    except SoundRejected as refused:
        return str(refused).encode()
    except MemoryError:
        return b"long"
    except Exception:
        return b"unreadable"
