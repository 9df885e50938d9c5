"""Commands for materials: created from a lesson, edited by staff, each with its own address."""

import secrets

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.campaigns import loudspeaker_text
from tutoring.campaigns.material_drafts import CARD_LENGTH, STEP_LENGTH, TITLE_LENGTH, Source, draft, whole
from tutoring.campaigns.models import KINDS, Material
from tutoring.campaigns.queries import campaign, material, scans_of
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.kernel.text import N_, nfc
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import SOURCE
from tutoring.policy import campaigns as policy
from tutoring.safety.free_text import OPEN_TO, for_minor, has_personal_contact

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 6
MAX_MATERIALS = 40  # materials of one campaign
STEPS = {"poster": (3, 5), "leaflet": (3, 8)}
MAX_WARNINGS = 6
MAX_SPEECH_CHARS = 2000


@command
def make_material(actor: User, campaign_id: int, kind: str, lesson_slug: str) -> Material:
    """Creates a material with a draft made from a lesson."""
    found, _roles = campaign(actor, campaign_id)
    if found.state == "closed":
        raise Conflict(N_("Chiến dịch này đã kết thúc."), code="closed")
    if kind not in KINDS:
        raise InvalidInput(N_("Hãy chọn một mục trong danh sách."), field="kind")
    lesson = catalogue_queries.find_lesson(lesson_slug)
    if lesson is None:
        raise InvalidInput(N_("Bài này không còn nữa. Hãy chọn bài khác."), field="lesson")
    made_so_far = sa.select(sa.func.count()).select_from(Material).where(Material.campaign_id == found.id)
    if (db.session.scalar(made_so_far) or 0) >= MAX_MATERIALS:
        raise Conflict(N_("Chiến dịch này đã có 40 tờ. Hãy bỏ bớt tờ không dùng."))
    code = _free_code()
    words = draft(kind, source_of(lesson_slug), found.unit.name)
    made = Material(
        campaign_id=found.id, kind=kind, lesson_slug=lesson_slug, title=words.title, text=words.text,
        beware=words.beware, code=code,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(actor.id, "make_material", f"material:{made.id}", kind=kind)
    return made


def source_of(slug: str) -> Source:
    """Returns the parts of a lesson that materials use."""
    lesson, steps = catalogue_queries.lesson(slug), catalogue_queries.steps(slug, SOURCE)
    wrong = [item for step in steps for block in step.blocks if block["type"] == "mistakes" for item in block["items"]]
    return Source(
        lesson.title(SOURCE),
        lesson.summary(SOURCE),
        lesson.step_titles(SOURCE),
        [(item["wrong"], item["fix"], bool(item.get("danger"))) for item in wrong],
    )


def _free_code() -> str:
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        if db.session.scalar(sa.select(Material.id).where(Material.code == code)) is None:
            return code


def _may_change(actor: User, material_id: int) -> Material:
    """Returns a material the actor may change.

    Publishers may change a published one; the authors of the unit may change a draft.
    """
    found = material(actor, material_id)
    of, roles = campaign(actor, found.campaign_id)
    if not policy.may_change_campaign(roles, of.state):
        raise Forbidden
    return found


@command
def change_material(actor: User, material_id: int, title: str, text: str, beware: str) -> Material:
    """Changes the texts of a material; errors name their field."""
    found = _may_change(actor, material_id)
    title = " ".join(nfc(title).split())
    if not 3 <= len(title) <= TITLE_LENGTH:
        raise InvalidInput(N_("Hãy ghi một câu ngắn, từ 3 đến 90 ký tự."), field="title")
    text, beware = (lines(text), lines(beware)) if found.kind in STEPS else (nfc(text), "")
    _check(found, text, beware)
    of_lesson = _lines_of_lesson(found)
    for field, typed in (("title", title), ("text", text), ("beware", beware)):
        _check_private(typed, of_lesson, field)
    found.title, found.text, found.beware = title, text, beware
    audit.record(actor.id, "change_material", f"material:{found.id}")
    return found


def _lines_of_lesson(found: Material) -> set[str]:
    """Returns the lines of the original draft made from the lesson."""
    if catalogue_queries.find_lesson(found.lesson_slug) is None:
        return set()
    of = draft(found.kind, source_of(found.lesson_slug), found.campaign.unit.name)
    return {line for text in of for line in text.splitlines()}


def _check_private(typed: str, of_lesson: set[str], field: str) -> None:
    """Rejects private data, because a material is public.

    Lines of the lesson itself are exempt, because lessons mention codes and tricks.
    """
    own = "\n".join(line for line in typed.splitlines() if line not in of_lesson)
    for_minor(own, field=field, open_to=OPEN_TO)
    if has_personal_contact(typed):
        raise InvalidInput(N_("Tờ này ai cũng đọc: đừng ghi số điện thoại, email hay số của riêng ai."), field=field)


def lines(text: str) -> str:
    """Returns one item per line, without blank lines."""
    return "\n".join(line for raw in text.splitlines() if (line := " ".join(nfc(raw).split())))


def _check(found: Material, text: str, beware: str) -> None:
    if found.kind == "speech":
        _check_speech(text)
    elif found.kind == "card":
        if not 10 <= len(text) <= CARD_LENGTH:
            raise InvalidInput(
                N_("Hãy ghi một câu từ 10 đến 160 ký tự: ảnh nhỏ, chữ nhiều thì không đọc được."), field="text"
            )
    else:
        fewest, most = STEPS[found.kind]
        steps, warned = text.splitlines(), beware.splitlines()
        if not fewest <= len(steps) <= most:
            raise InvalidInput(
                N_("Hãy ghi từ %(fewest)s đến %(most)s bước, mỗi bước một dòng."), field="text",
                fewest=fewest, most=most,
            )  # fmt: skip
        if any(len(step) > STEP_LENGTH for step in steps):
            raise InvalidInput(
                N_("Có bước dài quá 120 ký tự. Đứng xa sẽ không đọc được, hãy viết ngắn hơn."), field="text"
            )
        if len(warned) > MAX_WARNINGS or any(len(line) > STEP_LENGTH + 60 for line in warned):
            raise InvalidInput(N_("Ghi nhiều nhất 6 dòng, mỗi dòng không quá 180 ký tự."), field="beware")


def _check_speech(text: str) -> None:
    if len(text) < 20:
        raise InvalidInput(N_("Hãy ghi lời đọc cho loa, ít nhất một câu."), field="text")
    bad = loudspeaker_text.unspeakable(text)
    if bad:
        raise InvalidInput(
            N_("Loa không đọc rõ được “%(bad)s”. Hãy viết ra thành lời; chỗ hỏi thêm đã có sẵn ở câu cuối."),
            field="text", bad=bad[:40],
        )  # fmt: skip
    spoken = whole(text)
    if loudspeaker_text.over(spoken) or len(text) > MAX_SPEECH_CHARS:
        raise InvalidInput(
            N_("Dài %(seconds)s giây; loa chỉ đọc dưới 60 giây, hãy bớt khoảng %(over)s tiếng."), field="text",
            seconds=loudspeaker_text.seconds(spoken), over=max(loudspeaker_text.over(spoken), 1),
        )  # fmt: skip


@command
def drop_material(actor: User, material_id: int) -> int:
    """Deletes a material whose address was never opened; returns the id of its campaign."""
    found = _may_change(actor, material_id)
    if found.came or found.id in scans_of([found.id]):
        raise Conflict(
            N_("Đã có người mở địa chỉ của tờ này, nên nó phải ở lại: bỏ đi thì mã in trên giấy thành vô dụng.")
        )
    campaign_id = found.campaign_id
    audit.record(actor.id, "drop_material", f"material:{found.id}", kind=found.kind)
    db.session.delete(found)
    return campaign_id
