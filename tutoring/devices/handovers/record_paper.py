"""The record (biên bản) of a handover or a return as an official paper.

It has no field for the number of an identity document, and none may be added.
"""

from datetime import date

from flask_babel import format_date, gettext

from tutoring.community.papers.paper import BY_HAND, Block, Facts, Heading, Items, Paper, Signature, Text
from tutoring.community.papers.queries import letterhead
from tutoring.devices.handovers.record import DRAFT, RETURN, HandoverRecord
from tutoring.devices.labels import ACCESSORY_WORDS, CONDITION_WORDS
from tutoring.devices.paper_facts import identity
from tutoring.kernel import clock


def build_paper(record: HandoverRecord, link: str) -> Paper:
    """Returns the record as a paper. `link`, the starter page of the device, stands on a handover alone.

    Call it in Vietnamese.
    """
    head = letterhead(record.ward_id)
    back = record.what == RETURN
    here, there = (gettext("Bên nhận lại"), gettext("Bên trả")) if back else (gettext("Bên giao"), gettext("Bên nhận"))
    return Paper(
        kind=gettext("Biên bản"), short="BB", subject=subject(record), letterhead=head, unit=record.ward,
        day=None if record.what == DRAFT else clock.local(record.at).date(),
        blocks=[
            *_number(record),
            Heading(gettext("Hai bên")), _sides(record, here, there),
            Heading(gettext("Máy")), _device(record),
            Heading(gettext("Trả máy") if back else gettext("Tặng hay cho mượn")), Text(_terms(record)),
            *([] if back else _promises(record)),
            Text(gettext("Biên bản có hai bản như nhau, mỗi bên giữ một bản. Không ghi số căn cước hay giấy tờ nào.")),
        ],
        sides=(Signature((there.upper(),), record.receiver), Signature((here.upper(),), record.giver)),
        link="" if back else link, link_words="" if back else gettext("Quét để bắt đầu dùng máy"),
    )  # fmt: skip


def subject(record: HandoverRecord) -> str:
    """Returns what the record is about."""
    return str(gettext("Trả máy") if record.what == RETURN else gettext("Bàn giao máy"))


def _number(record: HandoverRecord) -> list[Block]:
    """Returns the line with the record's number on the site, which is not that of the office's register."""
    if record.what == DRAFT:
        return [Text(gettext("Bản để ký. Số biên bản: %(blank)s", blank=BY_HAND * 2))]
    if record.what == RETURN:
        return [Text(gettext("Theo biên bản bàn giao số %(number)s.", number=record.number))]
    return [Text(gettext("Biên bản bàn giao số %(number)s trong sổ máy.", number=record.number))]


def _day(day: date) -> str:
    return str(format_date(day, "d MMMM 'năm' y"))


def _sides(record: HandoverRecord, here: str, there: str) -> Facts:
    at = clock.local(record.at)
    rows = [(here, f"{record.ward} – {record.giver or BY_HAND * 2}"), (there, record.receiver)]
    if record.person:
        rows.append((gettext("Người dùng máy"), record.person))
    if record.what == RETURN:
        rows.append((gettext("Ngày nhận lại"), _day(at.date())))
    else:
        rows += [(gettext("Nơi bàn giao"), f"{record.place}, {record.address}"),
                 (gettext("Lúc"), f"{at:%H:%M}, {_day(at.date())}")]  # fmt: skip
    return Facts(rows)


def _device(record: HandoverRecord) -> Facts:
    rows = [
        *identity(record),
        (gettext("Tình trạng"), gettext(CONDITION_WORDS[record.condition]) if record.condition else ""),
        (gettext("Phụ kiện kèm theo"), _things(record.accessories)),
    ]
    if record.what == RETURN:
        rows.append((gettext("Còn thiếu"), _things(record.missing)))
    if record.note or record.what == DRAFT:
        rows.append((gettext("Ghi thêm về máy"), record.note))
    return Facts(rows)


def _things(names: list[str]) -> str:
    return ", ".join(str(gettext(ACCESSORY_WORDS[name])) for name in names) or str(gettext("không có"))


def _terms(record: HandoverRecord) -> str:
    if record.what == RETURN:
        free = gettext("Máy đã về phường. Gia đình không phải đóng tiền gì, kể cả khi máy cũ đi hoặc thiếu phụ kiện.")
        return str(free)
    if record.gift:
        return str(gettext("Tặng hẳn: từ hôm nay máy là của gia đình, không phải trả lại."))
    day = _day(record.due_on) if record.due_on else BY_HAND * 2
    return str(gettext("Cho mượn, hẹn trả ngày %(day)s. Cần dùng thêm thì xin mượn thêm trước ngày đó.", day=day))


def _promises(record: HandoverRecord) -> list[Block]:
    family = [
        gettext("Giữ gìn máy và để người được nhận máy dùng vào việc học, việc cần thiết."),
        gettext("Không bán, không cầm cố, không cho người khác mượn lại.") if not record.gift
        else gettext("Không bán máy; khi không cần nữa thì báo phường để chuyển cho bạn khác."),
        gettext("Máy hỏng hoặc mất thì báo phường ngay; báo thật thì không ai bị trách."),
    ]  # fmt: skip
    ward = []
    if record.wipe_id is not None and record.wiped_on is not None:
        ward.append(
            gettext("Đã xoá hết dữ liệu của người dùng trước: biên bản xoá số %(number)s, ngày %(day)s.",
                    number=record.wipe_id, day=f"{record.wiped_on:%d/%m/%Y}")
        )  # fmt: skip
    ward.append(gettext("Chỉ cách bắt đầu dùng máy và giúp khi máy trục trặc."))
    if not record.gift:
        ward.append(gettext("Khi nhận lại máy, xoá hết dữ liệu của gia đình rồi mới giao cho người khác."))
    ward.append(gettext("Không ai phải đóng tiền để nhận, dùng hay trả máy; không đặt cọc, không phạt."))
    return [Heading(gettext("Gia đình")), Items(family), Heading(gettext("Phường")), Items(ward)]
