"""Sanitizes uploaded recordings: an isolated process decodes them and encodes them anew."""

import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tutoring.kernel.text import N_
from tutoring.safety.worker_process import SandboxedWorker

LARGEST_INPUT = 5 * 1024 * 1024
LARGEST_OUTPUT = 1024 * 1024  # of each of the two files: a minute takes about 200 and 350 kB
LARGEST_JOIN = 24 * 1024 * 1024
PEAKS = 48
# The form of a sound, and the column of tables, by the ending of its address.
COLUMNS = {"ogg": "opus", "aac": "aac"}
NOTE_COLUMNS = {"ogg": "opus", "m4a": "aac"}

WORKER = SandboxedWorker(
    script=Path(__file__).with_name("sound_worker.py"),
    code="sound",
    says={
        "type": N_("Máy chủ chỉ nhận bản thu tiếng từ trình duyệt. Hãy bấm Thu và đọc lại."),
        "long": N_("Bản thu dài quá một phút. Hãy đọc từng câu một."),
        "silent": N_("Bản thu không có tiếng. Hãy xem micro có bật không, rồi thu lại."),
        "unreadable": N_("Bản thu này không nghe được. Hãy thu lại."),
    },
    empty=N_("Hãy thu một câu trước khi gửi."),
    busy=N_("Đang có nhiều bản thu được gửi. Hãy chờ một chút rồi gửi lại."),
    unsupported=N_("Máy chủ này chưa nhận bản thu được."),
    largest=LARGEST_INPUT,
    too_large="long",
    seconds=90.0,
    patience=15.0,
    places=threading.Semaphore(1),  # one at once in a process: conversations need the rest
)

NOTES = replace(  # the same process and queue, with sentences for voice notes
    WORKER,
    says={
        "type": N_("Máy chủ chỉ nhận bản thu tiếng từ trình duyệt. Hãy bấm nút micro và nói lại."),
        "long": N_("Tin dài quá một phút. Hãy nói ngắn hơn, hoặc gửi thành hai tin."),
        "silent": N_("Tin không có tiếng. Hãy xem micro có bật không, rồi nói lại."),
        "unreadable": N_("Tin này không nghe được. Hãy thu lại."),
    },
    empty=N_("Hãy nói một câu trước khi gửi."),
    busy=N_("Đang có nhiều tin thoại được gửi. Hãy chờ một chút rồi gửi lại."),
    unsupported=N_("Máy chủ này chưa nhận tin thoại được. Hãy viết thành tin nhắn."),
)


@dataclass(frozen=True)
class Sound:
    """A recording encoded anew: Opus in Ogg, and AAC for old phones (ADTS, of a note MP4). Neither has metadata."""

    opus: bytes
    aac: bytes
    milliseconds: int
    peaks: bytes = b""  # loudness over time: PEAKS numbers from 0 to 99; none where sounds were joined


def sanitize(data: bytes, *, note: bool = False) -> Sound:
    """Returns the sound without hidden data; raises InvalidInput or, when busy, RateLimited.

    A voice note takes fewer bytes than a sentence of a lesson. It takes up to two seconds: never call it while a
    transaction is open.
    """
    worker = NOTES if note else WORKER
    return checked(worker.sanitize(data, b"NOTE" if note else b"READ"), worker)


def join(sounds: Sequence[Sound]) -> Sound:
    """Returns one sound of several, in their order and without encoding them anew; raises InvalidInput.

    It takes about a second: never call it while a transaction is open.
    """
    request = b"JOIN" + b"".join(struct.pack(">I", len(one.opus)) + one.opus for one in sounds)
    if not sounds or len(request) > LARGEST_JOIN:
        raise WORKER.refused("long")
    with WORKER.places:
        opus = WORKER.made_of(request)
    if len(opus) > LARGEST_JOIN or not _is_opus(opus):
        raise WORKER.refused("unreadable")
    return Sound(opus, b"".join(one.aac for one in sounds), sum(one.milliseconds for one in sounds))


def checked(answer: bytes, worker: SandboxedWorker = WORKER) -> Sound:
    """Checks a worker's untrusted output: two files that are whole by their own lengths, and no other byte."""
    if len(answer) < 8 + PEAKS:
        raise worker.refused("unreadable")
    milliseconds, length = struct.unpack(">II", answer[:8])
    peaks, files = answer[8 : 8 + PEAKS], answer[8 + PEAKS :]
    opus, aac = files[:length], files[length:]
    sizes = 0 < len(opus) == length <= LARGEST_OUTPUT and 0 < len(aac) <= LARGEST_OUTPUT
    is_aac = _is_mp4 if worker is NOTES else _is_adts
    if not sizes or not 0 < milliseconds <= 61_000 or not _is_opus(opus) or not is_aac(aac) or max(peaks) > 99:
        raise worker.refused("unreadable")
    return Sound(opus, aac, milliseconds, peaks)


def _is_opus(data: bytes) -> bool:
    """Returns whether these are pages of one Ogg stream of Opus, from its first page to its last."""
    at, number, serial = 0, 0, b""
    while at < len(data):
        head = data[at : at + 27]
        if len(head) < 27 or head[:5] != b"OggS\0" or struct.unpack("<I", head[18:22])[0] != number:
            return False
        if bool(head[5] & 2) != (number == 0) or (number and head[14:18] != serial):
            return False
        serial, sizes = head[14:18], data[at + 27 : at + 27 + head[26]]
        body = at + 27 + head[26]
        end = body + sum(sizes)
        if len(sizes) != head[26] or end > len(data):
            return False
        if number == 0 and (data[body : body + 8] != b"OpusHead" or data[body + 9] != 1):
            return False
        if bool(head[5] & 4) != (end == len(data)):
            return False
        at, number = end, number + 1
    return number > 2


def _is_adts(data: bytes) -> bool:
    """Returns whether these are ADTS frames of mono AAC, one after another to the last byte."""
    at = 0
    while at < len(data):
        head = data[at : at + 7]
        if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
            return False
        channels = (head[2] & 1) << 2 | head[3] >> 6
        size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        if channels != 1 or size <= 7 or at + size > len(data):
            return False
        at += size
    return at > 0


def _is_mp4(data: bytes) -> bool:
    """Returns whether this is an MP4 file of one AAC track, whole to the last byte, with its index before the sound."""
    if [name for name, _body in _boxes(data) if name != b"free"] != [b"ftyp", b"moov", b"mdat"]:
        return False
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"):
        found = [body for one, body in _boxes(data) if one == name]
        if len(found) != 1:
            return False
        [data] = found
    return data[:8] == struct.pack(">II", 0, 1) and [name for name, _body in _boxes(data[8:])] == [b"mp4a"]


def _boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """Returns the boxes of a part of an MP4 file, each with its name and body; none when the last one is cut off."""
    boxes, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8 or at + size > len(data):
            return []
        boxes.append((data[at + 4 : at + 8], data[at + 8 : at + size]))
        at += size
    return boxes
