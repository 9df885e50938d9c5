"""Draws the record (biên bản) of a handover or a return on one A4 sheet with fpdf2.

The sheet carries no emblem. It has no field for the number of an identity document, and none may be added.
"""

from importlib import import_module
from typing import Any

import segno
from flask_babel import format_date, gettext

from tutoring.devices.handovers.record import DRAFT, RETURN, HandoverRecord
from tutoring.devices.labels import ACCESSORY_WORDS, CONDITION_WORDS, KIND_WORDS
from tutoring.kernel import clock
from tutoring.web import assets

_TEXT, _SMALL, _TITLE, _LINE = 10.5, 8.5, 16, 5.3  # points, and the height of a text line in millimetres
_SIDE, _QUIET = 26.0, 4  # millimetres of the QR code, modules around it
_LABEL = 46.0
_BLANK = "." * 46


def drawn(paper: HandoverRecord, link: str) -> bytes:
    """Returns the sheet as a PDF; `link` is the starter page of the device."""
    pdf = _sheet(paper)
    _head(pdf, paper, link)
    _heading(pdf, gettext("Hai bên"))
    _sides(pdf, paper)
    _heading(pdf, gettext("Máy"))
    _device(pdf, paper)
    _heading(pdf, gettext("Trả máy") if paper.what == RETURN else gettext("Tặng hay cho mượn"))
    _terms(pdf, paper)
    if paper.what != RETURN:
        _promises(pdf, paper)
    _signatures(pdf, paper)
    return bytes(pdf.output())


def title(paper: HandoverRecord) -> str:
    """Returns the title of the sheet."""
    return str(gettext("Biên bản trả máy") if paper.what == RETURN else gettext("Biên bản bàn giao máy"))


def _sheet(paper: HandoverRecord) -> Any:
    # Imported lazily: an idle server does not need fpdf2 in memory.
    pdf = import_module("fpdf").FPDF(format="A4")
    for style, weight in (("", 400), ("B", 700)):
        pdf.add_font("site", style, assets.font(weight))
    pdf.set_margins(20, 15)
    pdf.set_auto_page_break(True, 16)
    pdf.set_lang("vi")
    pdf.set_title(f"{title(paper)} {paper.number}".strip())
    pdf.set_author(paper.ward)
    pdf.set_creator("Cùng Học")
    pdf.set_display_mode("fullwidth")
    pdf.set_creation_date(clock.local(clock.now()))
    pdf.set_text_color(assets.colour("ink"))
    pdf.set_draw_color(assets.colour("rule"))
    pdf.c_margin = 0
    pdf.set_line_width(0.2)

    def footer() -> None:
        pdf.set_y(-11)
        pdf.set_font("site", "", _SMALL)
        page = gettext("Trang %(n)s/%(of)s", n=pdf.page_no(), of="{nb}")
        pdf.cell(0, 5, " · ".join(part for part in (paper.ward, paper.number, page) if part))

    pdf.footer = footer
    pdf.add_page()
    return pdf


def _head(pdf: Any, paper: HandoverRecord, link: str) -> None:
    """Draws the ward and the title, with the QR code of the device at the right."""
    _code(pdf, link, pdf.w - pdf.r_margin - _SIDE, pdf.t_margin)
    width = pdf.epw - _SIDE - 6
    pdf.set_font("site", "B", _TEXT)
    pdf.multi_cell(width, _LINE, paper.ward.upper(), align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
    pdf.start_section(title(paper))
    pdf.set_font("site", "B", _TITLE)
    pdf.multi_cell(width, 8, title(paper).upper(), align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("site", "", _TEXT)
    if paper.what == DRAFT:
        number = gettext("Bản để ký. Số biên bản: %(blank)s", blank=_BLANK[:30])
    elif paper.what == RETURN:
        number = gettext("Theo biên bản bàn giao số %(number)s", number=paper.number)
    else:
        number = gettext("Số %(number)s", number=paper.number)
    pdf.multi_cell(width, _LINE, number, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_y(max(pdf.get_y(), pdf.t_margin + _SIDE + 5))


def _code(pdf: Any, link: str, x: float, y: float) -> None:
    """Draws the QR code as squares, which print sharply at any size."""
    matrix = segno.make(link, error="m", micro=False).matrix
    side = _SIDE / (len(matrix) + 2 * _QUIET)
    with pdf.local_context(fill_color=assets.colour("ink")):
        for row, modules in enumerate(matrix):
            for column, dark in enumerate(modules):
                if dark:
                    pdf.rect(x + (_QUIET + column) * side, y + (_QUIET + row) * side, side, side, style="F")
    pdf.set_font("site", "", 7)
    pdf.set_xy(x - 4, y + _SIDE)
    pdf.cell(_SIDE + 8, 3.5, gettext("Quét để bắt đầu dùng máy"), align="C")
    pdf.set_xy(pdf.l_margin, y)


def _heading(pdf: Any, words: str) -> None:
    if pdf.will_page_break(24):
        pdf.add_page()
    pdf.ln(2.2)
    pdf.start_section(words, level=1)
    pdf.set_font("site", "B", 11.5)
    pdf.cell(0, 6, words, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(0.5)


def _fact(pdf: Any, label: str, value: str) -> None:
    """Writes one row: a label, and its value or dots to write on."""
    top = pdf.get_y()
    pdf.set_font("site", "", _TEXT)
    pdf.multi_cell(_LABEL, _LINE, label, align="L", new_x="RIGHT", new_y="TOP")
    pdf.set_xy(pdf.l_margin + _LABEL + 2, top)
    pdf.set_font("site", "B" if value else "", _TEXT)
    pdf.multi_cell(pdf.epw - _LABEL - 2, _LINE, value or _BLANK, align="L", new_x="LMARGIN", new_y="NEXT")


def _text(pdf: Any, words: str, size: float = _TEXT) -> None:
    pdf.set_font("site", "", size)
    pdf.multi_cell(0, _LINE * size / _TEXT, words, align="L", new_x="LMARGIN", new_y="NEXT")


# ---- contents -------------------------------------------------------------------------------------------------


def _day(day: Any) -> str:
    return str(format_date(day, "d MMMM 'năm' y"))


def _sides(pdf: Any, paper: HandoverRecord) -> None:
    back = paper.what == RETURN
    ward, family = (_BLANK[:30] if not paper.giver else paper.giver), paper.receiver
    _fact(pdf, gettext("Bên nhận lại") if back else gettext("Bên giao"), f"{paper.ward} – {ward}")
    _fact(pdf, gettext("Bên trả") if back else gettext("Bên nhận"), family)
    if paper.person:
        _fact(pdf, gettext("Người dùng máy"), paper.person)
    here = clock.local(paper.at)
    if back:
        _fact(pdf, gettext("Ngày nhận lại"), _day(here.date()))
    else:
        _fact(pdf, gettext("Nơi bàn giao"), f"{paper.place}, {paper.address}")
        _fact(pdf, gettext("Lúc"), f"{here:%H:%M}, {_day(here.date())}")


def _device(pdf: Any, paper: HandoverRecord) -> None:
    _fact(pdf, gettext("Loại máy"), ", ".join(one for one in (gettext(KIND_WORDS[paper.kind]), paper.model) if one))
    _fact(pdf, gettext("Số sê-ri"), paper.serial or gettext("không có"))
    if paper.imei:
        _fact(pdf, "IMEI", paper.imei)
    _fact(pdf, gettext("Mã trên nhãn"), paper.code)
    _fact(pdf, gettext("Tình trạng"), gettext(CONDITION_WORDS[paper.condition]) if paper.condition else "")
    _fact(pdf, gettext("Phụ kiện kèm theo"), _things(paper.accessories))
    if paper.what == RETURN:
        _fact(pdf, gettext("Còn thiếu"), _things(paper.missing))
    if paper.note or paper.what == DRAFT:
        _fact(pdf, gettext("Ghi thêm về máy"), paper.note)


def _things(names: list[str]) -> str:
    return ", ".join(str(gettext(ACCESSORY_WORDS[name])) for name in names) or str(gettext("không có"))


def _terms(pdf: Any, paper: HandoverRecord) -> None:
    if paper.what == RETURN:
        free = gettext("Máy đã về phường. Gia đình không phải đóng tiền gì, kể cả khi máy cũ đi hoặc thiếu phụ kiện.")
        _text(pdf, free)
    elif paper.gift:
        _text(pdf, gettext("Tặng hẳn: từ hôm nay máy là của gia đình, không phải trả lại."))
    else:
        day = _day(paper.due_on) if paper.due_on else _BLANK[:30]
        _text(pdf, gettext("Cho mượn, hẹn trả ngày %(day)s. Cần dùng thêm thì xin mượn thêm trước ngày đó.", day=day))


def _promises(pdf: Any, paper: HandoverRecord) -> None:
    _heading(pdf, gettext("Gia đình"))
    lines = [
        gettext("Giữ gìn máy và để người được nhận máy dùng vào việc học, việc cần thiết."),
        gettext("Không bán, không cầm cố, không cho người khác mượn lại.") if not paper.gift
        else gettext("Không bán máy; khi không cần nữa thì báo phường để chuyển cho bạn khác."),
        gettext("Máy hỏng hoặc mất thì báo phường ngay; báo thật thì không ai bị trách."),
    ]  # fmt: skip
    for line in lines:
        _text(pdf, f"– {line}")
    _heading(pdf, gettext("Phường"))
    if paper.wipe_id is not None and paper.wiped_on is not None:
        wiped = gettext("Đã xoá hết dữ liệu của người dùng trước: biên bản xoá số %(number)s, ngày %(day)s.",
                        number=paper.wipe_id, day=f"{paper.wiped_on:%d/%m/%Y}")  # fmt: skip
        _text(pdf, f"– {wiped}")
    _text(pdf, "– " + gettext("Chỉ cách bắt đầu dùng máy và giúp khi máy trục trặc."))
    if not paper.gift:
        _text(pdf, "– " + gettext("Khi nhận lại máy, xoá hết dữ liệu của gia đình rồi mới giao cho người khác."))
    _text(pdf, "– " + gettext("Không ai phải đóng tiền để nhận, dùng hay trả máy; không đặt cọc, không phạt."))


def _signatures(pdf: Any, paper: HandoverRecord) -> None:
    if pdf.will_page_break(44):
        pdf.add_page()
    pdf.ln(3)
    _text(
        pdf,
        gettext("Biên bản có hai bản như nhau, mỗi bên giữ một bản. Không ghi số căn cước hay giấy tờ nào."),
        _SMALL,
    )
    pdf.ln(3)
    half = pdf.epw / 2
    left, right = gettext("Bên giao"), gettext("Bên nhận")
    if paper.what == RETURN:
        left, right = gettext("Bên nhận lại"), gettext("Bên trả")
    for style, size, words in (
        ("B", _TEXT, (left, right)),
        ("", _SMALL, (gettext("(ký, ghi rõ họ tên)"),) * 2),
    ):
        pdf.set_font("site", style, size)
        pdf.cell(half, _LINE, words[0], align="C")
        pdf.cell(half, _LINE, words[1], align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(18)
    pdf.set_font("site", "", _TEXT)
    names = (paper.giver or _BLANK[:40], paper.receiver)
    pdf.cell(half, _LINE, names[0], align="C")
    pdf.cell(half, _LINE, names[1], align="C")
