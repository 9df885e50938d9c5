"""Commands of the set-up: its link, the administrators, what the site is called, its ward, school and classes."""

import re
import secrets
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts import passphrases
from tutoring.accounts.models import User
from tutoring.accounts.registration import create_user
from tutoring.administration.commands import check
from tutoring.backups import site_key
from tutoring.community.commands import create_unit
from tutoring.community.models import Unit
from tutoring.community.units.staff_queries import code_for
from tutoring.config import Settings
from tutoring.kernel import audit, clock
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.site_identity import SITE_COLOUR, SITE_LOGO, SITE_NAME, keep_logo
from tutoring.kernel.text import N_, nfc
from tutoring.policy import site_setup as policy
from tutoring.safety.free_text import for_minor
from tutoring.site_setup import places, queries
from tutoring.site_setup.models import SiteSetup

LINK_LIFE = timedelta(hours=24)
CODE_LIFE = timedelta(days=7)
CODE_LENGTH = 12
MOST_CLASSES = 60
_REASON = "Thiết lập trang"  # stands in the log of acts
_CLASS = re.compile(r"(?:lớp\s+)?((?:1[0-2]|[1-9])(?![0-9]).*)", re.IGNORECASE)
_OTHER_BROWSER = N_(
    "Đường dẫn này đã được mở trên một trình duyệt khác, nên không dùng lại được. "
    "Hãy tiếp tục ở đó, hoặc lấy đường dẫn mới trên máy chủ."
)
_OVER = N_("Đường dẫn này không còn dùng được. Hãy lấy đường dẫn mới trên máy chủ.")
WRONG_CODE = N_("Mã này chưa đúng hoặc đã hết hạn. Hãy nhìn lại mã, hoặc xin người quản trị mã mới.")


def _locked() -> SiteSetup:
    """Returns the row of the set-up; two commands at once wait for each other."""
    ended = clock.now() if queries.admin_count() else None  # a site that is older than its set-up is asked for nothing
    insert_if_absent(SiteSetup, id=1, begun_at=clock.now(), language="", finished_at=ended)
    query = sa.select(SiteSetup).where(SiteSetup.id == 1).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


# ---- the link --------------------------------------------------------------------------------------------------


@command
def make_link() -> str:
    """Makes the one-time link's token; an earlier link ends, a browser that goes on already may go on.

    Raises Conflict when there is an administrator, or in the demonstration, which never becomes a real site.
    """
    row = _locked()
    if not policy.may_have_link(queries.admin_count(), queries.is_demonstration()):
        raise Conflict(N_("Trang này đã có người quản trị, hoặc là bản dùng thử."))
    token = secrets.token_urlsafe(32)
    row.link_digest, row.link_until = queries.digest(token), clock.now() + LINK_LIFE
    return token


@command
def open_link(token: str) -> str:
    """Takes the link for this browser and returns the browser's secret. Raises NotFound or Conflict."""
    row = _locked()
    if not policy.may_have_link(queries.admin_count(), queries.is_demonstration()):
        raise NotFound
    _check_link(row, token)
    secret = secrets.token_urlsafe(32)
    row.link_digest, row.link_until = None, None
    row.browser_digest, row.browser_until = queries.digest(secret), clock.now() + LINK_LIFE
    row.opened_digest = queries.digest(token)
    return secret


def _check_link(row: SiteSetup, token: str) -> None:
    if queries.matches(row.opened_digest, token):
        raise Conflict(_OTHER_BROWSER)
    if not queries.matches(row.link_digest, token):
        raise NotFound
    if row.link_until is None or row.link_until < clock.now():
        raise Conflict(_OVER)


def check_link(token: str) -> None:
    """Raises NotFound for a wrong link, and Conflict for one that was used or is over."""
    row = queries.setup_row()
    if row is None or not policy.may_have_link(queries.admin_count(), queries.is_demonstration()):
        raise NotFound
    _check_link(row, token)


def _check_holder(secret: str) -> SiteSetup:
    row = _locked()
    if not queries.holds_link(secret):
        raise NotFound
    return row


# ---- before the first administrator ----------------------------------------------------------------------------


@command
def set_language(secret: str, language: str) -> None:
    """Notes the language of the set-up, so that it goes on in it."""
    _check_holder(secret).language = language


@command
def name_first(secret: str, name: str, colour: str, picture: tuple[bytes, int] | None) -> None:
    """Names the site before it has an administrator."""
    row = _check_holder(secret)
    _set_identity(None, name, colour, picture)
    row.named_at = clock.now()


@command
def create_first_admin(secret: str, full_name: str, handle: str, password: str) -> User:
    """Creates the first administrator; from then on the link's browser has no rights of its own."""
    row = _check_holder(secret)
    made = create_administrator(full_name, handle, password, row.language or "vi")
    row.browser_digest = row.browser_until = row.link_digest = row.link_until = None
    return made


@command
def create_administrator(full_name: str, handle: str, password: str, language: str = "vi") -> User:
    """Creates a site administrator. Actions that need two people need two administrators."""
    user = create_user(full_name, password, handle=handle, staff=True, language=language)
    user.site_admin = True
    audit.record(None, "create_admin", f"user:{user.id}")
    return user


# ---- what the site is called -----------------------------------------------------------------------------------


@command
def set_identity(actor: User, name: str, colour: str, picture: tuple[bytes, int] | None) -> None:
    """Changes name, colour and, with a picture, the logo of the site."""
    check(actor)
    _set_identity(actor, name, colour, picture)
    if (row := queries.setup_row()) is not None:
        row.named_at = row.named_at or clock.now()


@command
def drop_logo(actor: User) -> None:
    """Takes the logo away; the site has the mark that it was shipped with."""
    check(actor)
    kernel_site_settings.put(actor, SITE_LOGO.name, None, _REASON)


def _set_identity(actor: User | None, name: str, colour: str, picture: tuple[bytes, int] | None) -> None:
    name = " ".join(nfc(name).split())
    for_minor(name, field="name")  # children read it on every page
    _put(actor, SITE_NAME, name, "name")
    _put(actor, SITE_COLOUR, colour.strip().lower(), "colour")
    if picture is not None:
        kernel_site_settings.put(actor, SITE_LOGO.name, keep_logo(*picture), _REASON)


def _put(actor: User | None, which: kernel_site_settings.SiteSetting[str], value: str, field: str) -> None:
    try:
        kernel_site_settings.put(actor, which.name, value, _REASON)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.say, field=field, **refusal.params) from None


# ---- the second administrator ----------------------------------------------------------------------------------


@command
def make_admin_code(actor: User) -> str:
    """Makes the code with which one person becomes the second administrator; an earlier code ends."""
    check(actor)
    row = _locked()
    if not policy.may_invite_admin(actor.site_admin, queries.admin_count()):
        raise Conflict(N_("Trang đã có hai người quản trị. Cần thêm thì lập trên máy chủ."))
    code = passphrases.new_code(CODE_LENGTH)
    row.admin_code_digest, row.admin_code_until = queries.digest(code), clock.now() + CODE_LIFE
    audit.record(actor.id, "invite_admin", "site:setup")
    return code


@command
def create_second_admin(code: str, full_name: str, handle: str, password: str) -> User:
    """Creates the second administrator for a code, once; raises InvalidInput for another code."""
    row = _locked()
    typed = "".join(code.split()).upper().replace("-", "")
    over = row.admin_code_until is None or row.admin_code_until < clock.now()
    if over or not queries.matches(row.admin_code_digest, typed) or queries.admin_count() >= policy.LEAST_ADMINS:
        raise InvalidInput(WRONG_CODE, code="unknown_code", field="code")
    row.admin_code_digest = row.admin_code_until = None
    return create_administrator(full_name, handle, password, row.language or "vi")


# ---- ward, school, classes -------------------------------------------------------------------------------------


@command
def add_ward(actor: User, code: str) -> Unit:
    """Returns the ward of an official code, with its province above it; what is missing is created."""
    check(actor)
    official = places.all_wards().get(code)
    if official is None:
        raise InvalidInput(N_("Hãy chọn một phường, xã trong danh sách tìm được."), field="ward")
    if (ward := _unit_of(code, "ward")) is not None:
        return ward
    above = _unit_of(official.province_code, "city") or create_unit(
        actor, official.province_code, "city", official.province, form=official.province_form
    )
    return create_unit(actor, code, "ward", official.name, form=official.form, parent_id=above.id)


def _unit_of(code: str, kind: str) -> Unit | None:
    return db.session.scalar(sa.select(Unit).where(Unit.code == code, Unit.kind == kind, Unit.effective_to.is_(None)))


@command
def add_school(actor: User, ward_id: int, name: str, classes: str, school_year: str) -> Unit:
    """Creates a school with its classes below a ward; classes are names such as 4A, by lines or commas."""
    check(actor)
    wanted = class_names(classes)
    ward = db.session.get(Unit, ward_id)
    if ward is None or ward.kind != "ward":
        raise NotFound
    school = create_unit(actor, code_for(ward, name), "school", name, parent_id=ward.id)
    for grade, called in wanted:
        create_unit(
            actor, code_for(school, called), "class", called, parent_id=school.id, grade=grade, school_year=school_year
        )
    return school


def class_names(typed: str) -> list[tuple[int, str]]:
    """Returns grade and name of each class that was typed, without doubles; raises InvalidInput."""
    found: dict[str, int] = {}
    for part in re.split(r"[,;\n]", typed):
        if not (said := " ".join(nfc(part).split())):
            continue
        hit = _CLASS.fullmatch(said)
        if hit is None or len(said) > 30:
            raise InvalidInput(
                N_("“%(name)s” chưa rõ khối nào. Hãy ghi mỗi lớp bắt đầu bằng khối, như 4A, 5B."),
                field="classes", name=said[:30],
            )  # fmt: skip
        digits = re.match(r"\d+", hit[1])
        found[f"Lớp {hit[1]}"] = int(digits[0]) if digits else 0
    if not found:
        raise InvalidInput(N_("Hãy ghi ít nhất một lớp, như 4A."), field="classes")
    if len(found) > MOST_CLASSES:
        raise InvalidInput(N_("Mỗi lần nhiều nhất %(most)s lớp. Hãy ghi bớt, rồi thêm sau."), field="classes",
                           most=MOST_CLASSES)  # fmt: skip
    return [(grade, name) for name, grade in found.items()]


# ---- mail, backups, the end ------------------------------------------------------------------------------------


@command
def note_mail(actor: User, works: bool) -> None:
    """Notes that a letter arrived, or that this site does without mail."""
    check(actor)
    row = _locked()
    row.mail_works_at, row.no_mail_at = (clock.now(), None) if works else (None, clock.now())


@command
def make_backup_key(actor: User, settings: Settings) -> str:
    """Makes the key of backups and returns its private half, which is shown once."""
    check(actor)
    private = site_key.make_site_key(settings)
    audit.record(actor.id, "make_backup_key", "site:setup")
    return private


@command
def confirm_backup_key(actor: User, typed: str) -> None:
    """Takes the key into use once its end was typed back."""
    check(actor)
    site_key.confirm_site_key(typed)
    audit.record(actor.id, "confirm_backup_key", "site:setup")


@command
def finish(actor: User, settings: Settings) -> None:
    """Ends the set-up; raises Conflict while a step is missing."""
    check(actor)
    row = _locked()
    if set(queries.STEPS) - queries.done_steps(settings):
        raise Conflict(N_("Còn bước chưa xong. Danh sách ở trang này cho biết bước nào."))
    row.finished_at = row.finished_at or clock.now()
    audit.record(actor.id, "finish_setup", "site:setup")
