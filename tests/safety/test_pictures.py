"""Pictures of strangers: what is seen comes through, and nothing else does."""

import io
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from tests.safety.pictures import (
    LARGE,
    MOST_MEMORY,
    SECRET,
    encoded,
    feed,
    hostile,
    interlaced,
    large,
    located,
    photo,
    seeds,
    seen,
)
from tutoring.config import ROOT
from tutoring.kernel.errors import InvalidInput, RateLimited
from tutoring.safety import image_sanitizer, worker_process

full = pytest.mark.full
# Each with the name of its fault where one name alone is right.
HOSTILE = {
    "179 MP": "", "archive": "type", "archive named as photo": "unreadable", "bmp": "", "bomb": "large",
    "endless sides": "large", "gif": "type", "head alone": "", "html": "type", "huge side": "", "huge webp": "",
    "pdf": "", "several in one": "type", "svg": "", "text bomb": "", "tiff": "", "truncated": "unreadable",
}  # fmt: skip
TELLING = {"archive named as photo", "bomb", "endless sides", "gif", "html", "several in one", "svg", "truncated"}
TAKEN = ("photo", "progressive", "palette", "interlaced", "webp", "moving", "page in a photo")


def drawn(data: bytes) -> Image.Image:
    """What others see of a picture."""
    return opened(image_sanitizer.sanitize(data))


def opened(made: image_sanitizer.Picture) -> Image.Image:
    image = Image.open(io.BytesIO(made.data), formats=["WEBP"])
    assert image.size == (made.width, made.height)
    assert not {"exif", "xmp", "icc_profile"} & set(image.info) and image.mode == "RGB"
    return image


def colours(image: Image.Image) -> tuple[str, str, str, str]:
    """The four corners in words, clockwise from the upper left."""
    right, low = image.width - 6, image.height - 6
    return tuple(_word(image.getpixel(at)) for at in ((5, 5), (right, 5), (right, low), (5, low)))  # type: ignore[return-value,arg-type]


def _word(pixel: tuple[int, int, int]) -> str:
    red, green, blue = pixel
    if red > 150 and max(green, blue) < 110:
        return "red"
    return "blue" if blue > 150 and max(red, green) < 110 else "other"


@pytest.mark.parametrize(
    "name", [one if one in ("photo", "moving", "page in a photo") else pytest.param(one, marks=full) for one in TAKEN]
)
def test_what_is_seen_comes_through_and_what_is_said_beside_it_does_not(name: str) -> None:
    made = image_sanitizer.sanitize(seeds()[name])
    assert colours(opened(made)) == ("red", "other", "blue", "other")
    for told in (SECRET, b"<script>", b"Exif"):
        assert told not in made.data


def test_the_honest_pictures_of_these_tests_do_carry_secrets() -> None:
    assert sum(SECRET in data for data in seeds().values()) >= 5
    kept = Image.open(io.BytesIO(photo())).getexif()
    assert kept.get_ifd(0x8825)[2] == (10.0, 46.0, 36.9)


def test_every_hostile_file_is_tried() -> None:
    assert set(HOSTILE) == hostile().keys()


@pytest.mark.parametrize("name", [one if one in TELLING else pytest.param(one, marks=full) for one in HOSTILE])
def test_a_hostile_file_is_refused_in_plain_words_and_by_the_name_of_its_fault(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        image_sanitizer.sanitize(hostile()[name])
    says, why = image_sanitizer.WORKER.says, HOSTILE[name]
    assert caught.value.code == "picture" and caught.value.say in ([says[why]] if why else says.values())


@pytest.mark.parametrize(
    ("orientation", "corners"),
    [
        pytest.param(1, ("red", "other", "blue", "other"), marks=full),
        pytest.param(2, ("other", "red", "other", "blue"), marks=full),
        (3, ("blue", "other", "red", "other")),
        pytest.param(4, ("other", "blue", "other", "red"), marks=full),
        pytest.param(5, ("red", "other", "blue", "other"), marks=full),
        (6, ("other", "red", "other", "blue")),
        pytest.param(7, ("blue", "other", "red", "other"), marks=full),
        pytest.param(8, ("other", "blue", "other", "red"), marks=full),
    ],
)
def test_a_picture_stands_upright(orientation: int, corners: tuple[str, ...]) -> None:
    image = drawn(encoded(seen(), "JPEG", exif=located(orientation)))
    assert image.size == ((120, 90) if orientation < 5 else (90, 120))
    assert colours(image) == corners


def test_what_is_transparent_becomes_white_paper() -> None:
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    pixel = drawn(encoded(clear, "PNG")).getpixel((25, 25))
    assert isinstance(pixel, tuple) and min(pixel) > 250


SIZES = [
    ((1601, 40), (1600, 40)),
    pytest.param((3000, 4000), (1200, 1600), marks=full),
    ((1, 9999), (1, 1600)),
]


@pytest.mark.parametrize(("size", "shown"), SIZES)
def test_nothing_is_larger_than_the_screens_it_is_for(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert drawn(encoded(Image.new("RGB", size, "red"), "PNG")).size == shown


@pytest.mark.parametrize(
    "mode", ["LA", "CMYK", *(pytest.param(mode, marks=full) for mode in ("1", "L", "P", "RGBA", "I;16"))]
)
def test_every_kind_of_colours_can_be_seen(mode: str) -> None:
    grey = Image.new("L", (40, 40), 200)
    image = grey.convert("I").convert("I;16") if mode == "I;16" else grey.convert(mode)
    drawn(encoded(image, "JPEG" if mode == "CMYK" else "PNG"))


@full  # test_at_work_the_process_can_open_nothing_and_hold_little has the limit of memory
@pytest.mark.parametrize("kind", LARGE)
def test_the_largest_pictures_stay_within_their_memory(kind: str) -> None:
    fed = feed([large(kind)])
    assert fed.clean == 1
    assert MOST_MEMORY // 8 < fed.memory < MOST_MEMORY


# ---- the process -----------------------------------------------------------------------------------------


BOUND = (
    f"worker = runpy.run_path({str(image_sanitizer.WORKER.script)!r})\n"
    f"runpy.run_path({str(worker_process.LOOP)!r})['bound'](worker)"
)


def test_no_module_of_the_server_names_the_decoder() -> None:
    """That it loads none by way of another library is seen in a process of its own, which takes long."""
    naming = re.compile(r"^\s*(?:from|import)\s+PIL\b", re.MULTILINE)
    found = [file.name for file in (ROOT / "tutoring").rglob("*.py") if naming.search(file.read_text("utf-8"))]
    assert found == [image_sanitizer.WORKER.script.name]


@full
def test_the_server_never_loads_the_decoder() -> None:
    code = "import sys, tutoring.cli; assert 'tutoring.app' in sys.modules and 'PIL' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_at_work_the_process_can_open_nothing_and_hold_little() -> None:
    attempts = {
        "open('/etc/passwd')": "OSError",
        "socket.socket()": "OSError",
        "open('/tmp/x', 'w')": "OSError",
        "bytearray(600 * 2**20)": "MemoryError",
        "import json.tool": "OSError",
    }
    tried = "\n".join(
        f"try:\n    {attempt}\nexcept {error}:\n    print({attempt!r})" for attempt, error in attempts.items()
    )
    code = f"import runpy, socket\n{BOUND}\n{tried}"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, env={})
    assert done.stdout.splitlines() == list(attempts), done.stderr


def test_at_work_the_process_may_compute_for_seconds_only() -> None:
    code = f"import resource, runpy\n{BOUND}\nprint(*resource.getrlimit(resource.RLIMIT_CPU))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, env={})
    assert done.stdout == "5 5\n", done.stderr


@full
def test_at_work_the_process_computes_for_seconds_only() -> None:
    code = f"import runpy\n{BOUND}\nwhile True: pass"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, env={}, timeout=600)
    assert done.returncode < 0


def test_the_process_knows_nothing_of_the_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for others")
    nosy = tmp_path / "nosy.py"
    nosy.write_text(
        "import os, sys\nMEMORY, PROCESSOR_SECONDS, LARGEST_REQUEST = 2**29, 5, 9\nload_all = lambda: None\n"
        "answer = lambda data: repr((sorted(os.environ), [p for p in sys.path if 'tutoring' in p])).encode()"
    )
    assert worker_process.ask(nosy, b"x", 600) in (b"([], [])", b"(['LC_CTYPE'], [])")


def _worker(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(worker_process, "command", lambda _worker: [sys.executable, "-I", "-c", code])


def test_a_process_that_hangs_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_sanitizer.WORKER, "seconds", 0.3)
    _worker(monkeypatch, "import signal; signal.pause()")
    with pytest.raises(InvalidInput, match="không mở được"):
        image_sanitizer.sanitize(photo())


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(3)",
        "import os; os.kill(os.getpid(), 9)",
        "import sys; sys.stdin.buffer.read(); sys.stdout.write('x' * 100)",
        "import sys; sys.stdin.buffer.read(); sys.stdout.write('\\0\\0\\0\\5+RIFF')",
        "import sys; sys.stdin.buffer.read(); sys.stdout.write('\\0\\0\\0\\4type'); raise SystemExit(1)",
    ],
)
def test_a_process_that_dies_or_lies_is_a_refusal(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(image_sanitizer.WORKER, "seconds", 600.0)
    _worker(monkeypatch, code)
    with pytest.raises(InvalidInput, match="không mở được"):
        image_sanitizer.sanitize(photo())


@pytest.mark.parametrize("change", ["longer", "shorter", "extended", "huge", "empty"])
def test_an_answer_is_believed_only_as_far_as_it_can_be_seen(change: str) -> None:
    good = image_sanitizer.sanitize(photo()).data
    bad = {
        "longer": good + b"<script>",
        "shorter": good[:-2],
        "extended": good[:12] + b"VP8X" + good[16:],
        "huge": good[:26] + b"\xff\x3f" + good[28:],
        "empty": good[:26] + b"\0\0" + good[28:],
    }[change]
    with pytest.raises(InvalidInput):
        image_sanitizer.checked(bad)


def test_two_pictures_are_looked_into_at_once_and_the_next_waits_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, may_end = threading.Semaphore(0), threading.Event()

    def ask(_data: bytes) -> bytes:
        at_work.release()
        assert may_end.wait(600)
        return b""

    monkeypatch.setattr(image_sanitizer.WORKER, "ask", ask)
    data = photo()

    def refusal() -> str:
        with pytest.raises((InvalidInput, RateLimited)) as caught:
            image_sanitizer.sanitize(data)
        return type(caught.value).__name__

    with ThreadPoolExecutor(2) as threads:
        first = [threads.submit(refusal) for _ in range(2)]
        assert at_work.acquire(timeout=600) and at_work.acquire(timeout=600)  # both places are taken
        monkeypatch.setattr(image_sanitizer.WORKER, "patience", 0.05)
        meanwhile = [refusal(), refusal()]
        may_end.set()  # before anything can fail: the threads wait for it
        assert meanwhile == ["RateLimited", "RateLimited"]
        assert [one.result() for one in first] == ["InvalidInput", "InvalidInput"]
    assert refusal() == "InvalidInput"  # the places are free again


def test_where_a_process_cannot_be_held_within_bounds_no_picture_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Windows")
    with pytest.raises(InvalidInput, match="chưa nhận ảnh được"):
        image_sanitizer.sanitize(photo())


@pytest.mark.parametrize(("data", "code"), [(b"", "empty"), (b"\xff" * (9 * 2**20 + 1), "picture")])
def test_nothing_and_too_much_start_no_process(monkeypatch: pytest.MonkeyPatch, data: bytes, code: str) -> None:
    monkeypatch.setattr(image_sanitizer.WORKER, "ask", lambda _data: pytest.fail("a process was started"))
    with pytest.raises(InvalidInput) as caught:
        image_sanitizer.sanitize(data)
    assert caught.value.code == code


def test_an_interlaced_drawing_is_seen_whole() -> None:
    assert drawn(interlaced()).size == (120, 90)
