"""Materials: what is begun from a lesson, what is refused, and that paper and picture hold the address."""

import io
import re
import zlib
from collections.abc import Callable

import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.campaigns.conftest import LESSON, opened, sheet
from tests.factories import World, person
from tutoring.campaigns import commands, loudspeaker_text, materials, participants, share_card
from tutoring.campaigns.material_drafts import whole
from tutoring.campaigns.models import KINDS
from tutoring.campaigns.queries import found_by, lessons_to_choose
from tutoring.kernel.errors import Conflict, InvalidInput

As = Callable[[str], FlaskClient]


def change(world: World, material_id: int, **values: str) -> None:
    usual = {"title": "Vào lớp trên máy", "text": "Một\nHai\nBa", "beware": ""} | values
    materials.change_material(person(world["mai"]), material_id, **usual)


SOME = 4  # lessons of the quick run; the whole of it takes all


@pytest.mark.parametrize("of_all", [False, pytest.param(True, marks=pytest.mark.full)], ids=["some", "all"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_begun_from_any_lesson_is_right_as_it_is(app: Flask, world: World, kind: str, of_all: bool) -> None:
    with app.app_context():
        made = opened(world).id
        for slug, title in lessons_to_choose() if of_all else lessons_to_choose()[:SOME]:
            row = sheet(world, made, kind, slug)
            assert row.title and row.text, title
            change(world, row.id, title=row.title, text=row.text, beware=row.beware)
            assert len(row.code) == 6 and not set(row.code) - set(materials.LETTERS)
            materials.drop_material(person(world["mai"]), row.id)  # there are more lessons than sheets of a campaign


def test_the_poster_of_a_lesson_holds_its_steps(app: Flask, world: World) -> None:
    with app.app_context():
        row = sheet(world, opened(world).id)
        assert row.title == "Vào lớp bằng đường dẫn hoặc mã phòng"
        assert row.text.splitlines()[:2] == [
            "Lấy đường dẫn từ thầy cô, không từ người lạ",
            "Bấm đường dẫn vào lớp",
        ]
        assert len(row.text.splitlines()) == 5 and row.beware.startswith("Chỉ dùng đường dẫn thầy cô gửi")


# ---- the loudspeaker ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Kính thưa bà con", 4),
        ("Quyển, khuya, giếng, nghiêng", 4),
        ("học online", 4),
        ("năm 2026", 8),
        ("gọi 111 ngay", 7),
        ("“Xong rồi!” – cô nói.", 4),
        ("", 0),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(text: str, spoken: int) -> None:
    assert loudspeaker_text.syllables(text) == spoken


def test_a_text_of_seventy_four_seconds_is_refused_with_how_much_has_to_go(app: Flask, world: World) -> None:
    with app.app_context():
        row = sheet(world, opened(world).id, "speech")
        tail = loudspeaker_text.syllables(whole(""))
        with pytest.raises(InvalidInput) as refused:
            change(world, row.id, text="bà " * (74 * 3 - tail))
        assert str(refused.value) == "Dài 74 giây; loa chỉ đọc dưới 60 giây, hãy bớt khoảng 42 tiếng."
        assert refused.value.field == "text"
        change(world, row.id, text="bà " * (60 * 3 - tail))
        with pytest.raises(InvalidInput):
            change(world, row.id, text="bà " * (60 * 3 - tail + 1))


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("Bà con mở hoc.phuong.vn để học.", "hoc.phuong.vn"),
        ("Vào https://a.b/c nhé bà con.", "https://a.b/c"),
        ("Đừng đọc mã OTP cho ai hết.", "OTP"),
        ("Mời bà con đến UBND phường.", "UBND"),
        ("Bà con cài VNeID trên máy.", "VNeID"),
        ("Bà con ở TP.HCM lưu ý nghe.", "TP.HCM"),
    ],
)
def test_what_a_voice_cannot_read_is_named(app: Flask, world: World, text: str, bad: str) -> None:
    with app.app_context():
        row = sheet(world, opened(world).id, "speech")
        with pytest.raises(InvalidInput, match=re.escape(f"“{bad}”")):
            change(world, row.id, text=text)


@pytest.mark.parametrize("text", ["Kính mời bà con Khu phố 3, gần chợ Bà Chiểu.", "THÔNG BÁO CỦA PHƯỜNG\nMời bà con."])
def test_names_and_headings_are_no_abbreviations(text: str) -> None:
    assert loudspeaker_text.unspeakable(text) == ""


def test_an_address_is_spelled_as_it_is_said() -> None:
    assert loudspeaker_text.spelled("hoc.phuong-a.vn/c/K7MQXA") == (
        "hoc chấm phuong gạch ngang a chấm vn gạch chéo c gạch chéo K bảy M Q X A"
    )


def test_the_time_is_shown_while_it_is_written(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        row = sheet(world, opened(world).id, "speech")
        id, took = row.id, loudspeaker_text.seconds(whole(row.text))
    page = as_("mai").get(f"/materials/{id}/edit").text
    assert f"<b data-seconds>{took}</b>" in page and "campaigns/speech.js" in page
    too_long = as_("mai").post(f"/materials/{id}/edit", data={"title": "Loa", "text": "bà con " * 150})
    assert too_long.status_code == 422 and "loa chỉ đọc dưới 60 giây" in too_long.text
    assert "bà con bà con" in too_long.text  # what was typed stays


# ---- refusals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "field", "values"),
    [
        ("poster", "text", {"text": "Một\nHai"}),
        ("poster", "text", {"text": "\n".join("abcdef")}),
        ("poster", "text", {"text": f"Một\nHai\n{'x' * 121}"}),
        ("leaflet", "beware", {"beware": "\n".join("abcdefg")}),
        ("poster", "title", {"title": "x"}),
        ("card", "text", {"text": "x" * 161}),
        ("poster", "text", {"text": "Một\nHai\nGọi anh số 0912 345 678"}),
        ("card", "title", {"title": "Gọi 0912 345 678", "text": "Một câu vừa đủ dài."}),
        ("leaflet", "beware", {"beware": "Hỏi anh ở 0912 345 678"}),
    ],
)
def test_what_does_not_fit_or_tells_too_much_is_said_at_its_field(
    app: Flask, world: World, kind: str, field: str, values: dict[str, str]
) -> None:
    with app.app_context():
        row = sheet(world, opened(world).id, kind)
        with pytest.raises(InvalidInput) as refused:
            change(world, row.id, **values)
        assert refused.value.field == field


def test_a_sheet_that_somebody_has_opened_stays(app: Flask, world: World) -> None:
    with app.app_context():
        one, two = (sheet(world, opened(world).id) for _ in range(2))
        participants.count_scan(one.id)
        with pytest.raises(Conflict):
            materials.drop_material(person(world["mai"]), one.id)
        assert materials.drop_material(person(world["mai"]), two.id) == two.campaign_id


def test_a_closed_campaign_gets_no_new_sheets(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world).id
        commands.close_campaign(person(world["mai"]), made)
        with pytest.raises(Conflict):
            sheet(world, made)


# ---- paper and picture ----------------------------------------------------------------------------------------


def modules(link: str) -> list[list[int]]:
    return [list(row) for row in segno.make(link, error="m", micro=False).matrix]


def test_the_card_is_a_picture_with_the_qr_of_its_address(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        made = opened(world)
        slug, code = made.code, sheet(world, made.id, "card").code
    page = client.get(f"/campaigns/{slug}").text
    [path] = re.findall(r'og:image" content="http://localhost(/c/[^"]+)"', page)
    answer = client.get(path)
    assert answer.status_code == 200 and answer.mimetype == "image/png"
    assert "immutable" in answer.headers["Cache-Control"] and "Set-Cookie" not in answer.headers
    picture = Image.open(io.BytesIO(answer.data)).convert("L")
    assert picture.size == (1200, 630) and len(answer.data) < 60_000
    wanted = modules(f"http://localhost/c/{code}")
    left, top, side = share_card.code_place(len(wanted))
    seen = [
        [int(picture.getpixel((left + x * side + side // 2, top + y * side + side // 2)) < 128)  # type: ignore[operator]
         for x in range(len(wanted))]
        for y in range(len(wanted))
    ]  # fmt: skip
    assert seen == wanted and side >= 6
    around = [picture.getpixel((left - 2 * side, top + n * side)) for n in range(len(wanted))]
    assert min(around) > 200  # type: ignore[type-var]


def test_a_card_with_other_words_has_another_address_and_the_old_one_is_gone(
    app: Flask, world: World, client: FlaskClient, as_: As
) -> None:
    with app.app_context():
        made = opened(world)
        row = sheet(world, made.id, "card")
        id, campaign_id = row.id, made.id

    def path() -> str:
        return re.findall(r'src="(/c/[^"]+\.png)"', as_("mai").get(f"/materials/{id}").text)[0]

    before = path()
    with app.app_context():
        change(world, id, title="Học cùng nhau", text="Có người giúp ngay chỗ bạn kẹt.")
    assert path() != before and campaign_id
    assert (client.get(before).status_code, client.get(path()).status_code) == (404, 200)
    assert client.get(path().replace(".png", "0.png")).status_code == 404


def content(pdf: bytes) -> str:
    """The drawing instructions of a PDF."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    found = []
    for stream in streams:
        try:
            # Its last byte may be a carriage return, which the pattern takes for the line's end: one link in 256.
            text = zlib.decompressobj().decompress(stream).decode("latin-1")
        except zlib.error:
            continue
        if " re" in text and " Tj" in text:
            found.append(text)
    return "\n".join(found)


def dark(drawing: str, link: str) -> list[list[int]]:
    """The QR code read off the rectangles of a drawing: those that are one module high."""
    squares = [tuple(map(float, one)) for one in re.findall(r"([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+) re", drawing)]
    side = min(abs(height) for _x, _y, _w, height in squares)
    of_code = [one for one in squares if abs(abs(one[3]) - side) < 0.02]
    left = min(x for x, *_ in of_code)
    top = max(y for _x, y, *_ in of_code)
    size = len(modules(link))
    seen = [[0] * size for _ in range(size)]
    for x, y, width, _height in of_code:
        for n in range(round(width / side)):
            seen[round((top - y) / side)][round((x - left) / side) + n] = 1
    return seen


@pytest.mark.parametrize(("kind", "box"), [("poster", "595.28 841.89"), ("leaflet", "841.89 595.28")])
def test_a_sheet_is_one_page_of_a4_with_the_qr_of_its_address(
    app: Flask, world: World, as_: As, kind: str, box: str
) -> None:
    with app.app_context():
        row = sheet(world, opened(world).id, kind)
        id, link = row.id, f"http://localhost/c/{row.code}"
    answer = as_("mai").get(f"/materials/{id}/paper.pdf")
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
    assert answer.data.count(b"/Type /Page\n") == 1 and f"/MediaBox [0 0 {box}]".encode() in answer.data
    assert b"BeVietnamPro" in answer.data.replace(b"-", b"") and len(answer.data) < 120_000
    assert dark(content(answer.data), link) == modules(link)


@pytest.mark.full
@pytest.mark.parametrize("kind", ["poster", "leaflet"])
def test_the_longest_words_stay_on_one_page(app: Flask, world: World, as_: As, kind: str) -> None:
    with app.app_context():
        row = sheet(world, opened(world).id, kind)
        long = "Nghiêng người đọc thật kỹ từng chữ trên màn hình rồi mới bấm nút màu xanh ở góc dưới bên phải của máy"
        steps = "\n".join([long] * (5 if kind == "poster" else 8))
        beware = "\n".join([long] * (1 if kind == "poster" else 6))
        change(world, row.id, title="Nghiêng " * 11, text=steps, beware=beware)
        id = row.id
    pdf = as_("mai").get(f"/materials/{id}/paper.pdf").data
    assert pdf.count(b"/Type /Page\n") == 1
    lowest = min(float(y) for y in re.findall(r"BT [-\d.]+ ([-\d.]+) Td", content(pdf)))
    assert lowest > 20  # points above the edge of the paper


def test_a_speech_and_a_card_have_no_pdf(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        ids = [sheet(world, opened(world).id, kind).id for kind in ("speech", "card")]
    assert [as_("mai").get(f"/materials/{id}/paper.pdf").status_code for id in ids] == [404, 404]


def test_the_page_to_print_holds_the_same_address(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        row = sheet(world, opened(world).id)
        id, code = row.id, row.code
        assert found_by(code.lower()).id == id
    page = as_("mai").get(f"/materials/{id}").text
    assert f"localhost/c/{code}" in page and 'class="qr"' in page and LESSON
