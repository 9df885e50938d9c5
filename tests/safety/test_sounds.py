"""Recordings are decoded and encoded anew by a limited process; what is no sound is refused in a sentence."""

import random
import struct
import subprocess
import sys

import pytest

from tests.safety.sounds import filmed, length, recorded
from tutoring.kernel.errors import InvalidInput
from tutoring.safety import worker_process
from tutoring.safety.sound_sanitizer import LARGEST_INPUT, NOTES, WORKER, Sound, checked, join, sanitize

BOUND = (
    f"worker = runpy.run_path({str(WORKER.script)!r})\nrunpy.run_path({str(worker_process.LOOP)!r})['bound'](worker)"
)
FULL = pytest.mark.full


@pytest.fixture(scope="module")
def clean() -> Sound:
    return sanitize(recorded())


def written(made: Sound) -> bytes:
    """Returns the sound as the process answers it."""
    return struct.pack(">II", made.milliseconds, len(made.opus)) + made.peaks + made.opus + made.aac


@pytest.mark.parametrize(
    ("codec", "container"),
    [("libopus", "webm"), pytest.param("libopus", "ogg", marks=FULL), ("aac", "mp4")],
    ids=["webm", "ogg", "mp4"],
)
def test_what_browsers_record_becomes_two_files_without_the_silence_around(codec: str, container: str) -> None:
    made = sanitize(recorded(1.0, 1.5, codec, container))
    assert 1_000 <= made.milliseconds < 1_600
    for file in (made.opus, made.aac):
        assert 0.9 < length(file) < 1.7
    assert made.opus.startswith(b"OggS") and made.aac[:2] == b"\xff\xf1"


def test_nothing_of_the_file_stays_but_the_sound(clean: Sound) -> None:
    assert "Lê Lợi".encode() in recorded()
    assert not any("Lê Lợi".encode() in file for file in (clean.opus, clean.aac))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"PK\x03\x04" + bytes(200), "type"),
        pytest.param(b"RIFF\x24\x00\x00\x00WAVEfmt ", "type", marks=FULL),
        (b"\x1aE\xdf\xa3" + bytes(2_000), "unreadable"),
        pytest.param(b"OggS" + bytes(2_000), "unreadable", marks=FULL),
        pytest.param(b"\x00\x00\x00\x18ftypM4A " + bytes(2_000), "unreadable", marks=FULL),
        (b"\x1aE\xdf\xa3" + bytes(6 * 1024 * 1024), "long"),
    ],
    ids=["nothing", "zip", "wav", "webm of zeros", "ogg of zeros", "mp4 of zeros", "6 MB"],
)
def test_what_is_no_recording_is_refused(data: bytes, word: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        sanitize(data)
    assert str(refusal.value) == str(WORKER.refused(word)) or refusal.value.code == word


def test_silence_a_film_and_more_than_a_minute_are_refused() -> None:
    for data, word in ((recorded(0.0, 1.0), "silent"), (filmed(), "type"), (recorded(63.0, 0.0), "long")):
        with pytest.raises(InvalidInput) as refusal:
            sanitize(data)
        assert str(refusal.value) == str(WORKER.refused(word))


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=FULL), pytest.param(2, marks=FULL)])
def test_broken_recordings_are_refused_or_encoded_anew(seed: int) -> None:
    source = random.Random(seed)
    for data in (recorded(), recorded(1.0, 0.5, "aac", "mp4")):
        broken = bytearray(data)
        for _ in range(source.randrange(1, 40)):
            broken[source.randrange(len(broken))] = source.randrange(256)
        try:
            made = sanitize(bytes(broken[: source.randrange(100, len(broken))]))
        except InvalidInput:
            continue
        assert checked(written(made)) == made


def test_a_note_is_drawn_and_takes_fewer_bytes_than_a_sentence_of_a_lesson() -> None:
    sentence, note = sanitize(recorded(3.0, 0.5)), sanitize(recorded(3.0, 0.5), note=True)
    assert note.milliseconds == sentence.milliseconds and len(note.opus) < len(sentence.opus)
    assert len(note.aac) < len(sentence.aac)
    assert len(note.peaks) == 48 and max(note.peaks) > 20 and note.peaks[24] > 20


@pytest.mark.parametrize("seconds", [0.4, pytest.param(20.0, marks=FULL), pytest.param(59.0, marks=FULL)])
def test_a_note_for_phones_without_opus_plays_before_its_end_has_arrived(seconds: float) -> None:
    note = sanitize(recorded(seconds, 0.1), note=True)
    assert note.aac.index(b"moov") < note.aac.index(b"mdat") < 8_000
    assert "Lê Lợi".encode() not in note.aac
    assert abs(length(note.aac) * 1000 - note.milliseconds) < 100
    assert checked(written(note), NOTES) == note
    for answer in (written(note)[:-1], written(note) + b"x", written(note).replace(b"mp4a", b"avc1")):
        with pytest.raises(InvalidInput):
            checked(answer, NOTES)
    with pytest.raises(InvalidInput):
        checked(written(note))  # a note is no sentence of a lesson: those are joined byte by byte


def test_a_file_that_begins_as_a_request_to_join_is_no_recording() -> None:
    with pytest.raises(InvalidInput) as refusal:
        sanitize(b"JOIN" + struct.pack(">I", 4) + b"OggS")
    assert str(refusal.value) == str(WORKER.refused("type"))


def test_sentences_are_joined_in_their_order(clean: Sound) -> None:
    other = sanitize(recorded(0.6, 0.2))
    whole = join([clean, other, clean])
    assert whole.milliseconds == 2 * clean.milliseconds + other.milliseconds
    assert whole.aac == clean.aac + other.aac + clean.aac
    parts = 2 * length(clean.opus) + length(other.opus)
    assert abs(length(whole.opus) - parts) < 0.05


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: one[:-1],
        lambda one: one + b"x",
        lambda one: one[:4] + struct.pack(">I", 10) + one[8:],
        lambda one: struct.pack(">I", 0) + one[4:],
        lambda one: one[:56] + b"<script>" + one[64:],
        lambda one: one[:8] + b"\xff" + one[9:],
        lambda one: b"",
    ],
    ids=["cut", "longer", "other length", "no time", "no ogg", "loud", "nothing"],
)
def test_an_answer_of_the_process_is_checked_to_its_last_byte(clean: Sound, spoil) -> None:  # type: ignore[no-untyped-def]
    answer = written(clean)
    assert checked(answer) == clean
    with pytest.raises(InvalidInput):
        checked(spoil(answer))


def test_the_process_can_open_nothing_once_it_reads_a_file() -> None:
    acts = ["open('/etc/hostname')", "socket.socket()", "bytearray(900 * 1024 * 1024)"]
    tried = "\n".join(f"try:\n    {act}\nexcept (OSError, MemoryError):\n    print({act!r})" for act in acts)
    code = f"import runpy, socket\n{BOUND}\n{tried}"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, env={}, timeout=600)
    assert done.stdout.splitlines() == acts, done.stderr


def test_the_process_may_start_no_child() -> None:
    """The system does not hold root to this limit, so the limit itself is looked at."""
    code = f"import resource, runpy\n{BOUND}\nprint(*resource.getrlimit(resource.RLIMIT_NPROC))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, env={})
    assert done.stdout == "0 0\n", done.stderr


def test_the_process_gets_no_environment_and_no_path_to_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for others")
    assert worker_process.command(WORKER.script)[1:3] == ["-I", "-B"]
    monkeypatch.setattr(worker_process, "command", lambda _worker: [
        sys.executable, "-I", "-c",
        "import os, sys, struct\nsaid = repr(sorted(os.environ)).encode()\nsys.stdin.buffer.read()\n"
        "sys.stdout.buffer.write(struct.pack('>I', len(said)) + said)",
    ])  # fmt: skip
    assert worker_process.ask(WORKER.script, b"x", 600) in (b"[]", b"['LC_CTYPE']")


def test_a_voice_note_that_is_refused_is_not_called_a_sentence_of_a_lesson() -> None:
    for data, says in ((bytes(LARGEST_INPUT + 1), "Tin dài quá một phút"), (b"", "Hãy nói một câu")):
        with pytest.raises(InvalidInput) as refusal:
            sanitize(data, note=True)
        assert refusal.value.say.startswith(says)
