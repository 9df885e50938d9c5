"""Pages of site administration that list very many things: units, join codes, the audit log."""

from datetime import date

from flask import render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.queries import find_by_name_typed
from tutoring.administration import audit_log, commands, queries
from tutoring.administration.blueprint import blueprint
from tutoring.community.join_codes import queries as code_queries
from tutoring.community.join_codes.queries import state_of
from tutoring.community.labels import CODE_STATE_WORDS, CODE_WORDS, KIND_WORDS, role_word
from tutoring.community.models import UNIT_KINDS
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.paging import Page
from tutoring.kernel.text import N_
from tutoring.web.auth import require_user
from tutoring.web.tables import table as tables
from tutoring.web.urls import parse_int

# ---- units ------------------------------------------------------------------------------------------------------

UNIT_COLUMNS = (
    tables.Column("name", N_("Đơn vị"), lambda row: row[0].name),
    tables.Column("kind", N_("Loại"), lambda row: gettext(KIND_WORDS[row[0].kind])),
    tables.Column("above", N_("Thuộc"), lambda row: row[1] or ""),
    tables.Column("year", N_("Năm học"), lambda row: row[0].school_year),
    tables.Column("code", N_("Mã"), lambda row: row[0].code),
)


@blueprint.get("/admin/units")
def units() -> Response | str:
    wanted = tables.wanted(queries.UNIT_ORDERS, "name", kind=UNIT_KINDS)
    kinds = {"": gettext("Tất cả"), **{kind: gettext(KIND_WORDS[kind]) for kind in UNIT_KINDS}}
    kind = tables.Filter("kind", gettext("Loại đơn vị"), kinds, queries.unit_counts())
    table = tables.Table(UNIT_COLUMNS, queries.UNIT_ORDERS, wanted, queries.unit_table(wanted), [kind])
    if tables.asks_for_file():
        return table.file("don-vi")
    return render_template("administration/units.html", table=table, kind_words=KIND_WORDS)


# ---- join codes -------------------------------------------------------------------------------------------------


CODE_COLUMNS = (
    tables.Column(
        "role",
        N_("Mã cho"),
        lambda one: f"{gettext(role_word(one.role, one.unit.kind))}, {gettext(CODE_STATE_WORDS[state_of(one)])}",
    ),
    tables.Column("unit", N_("Đơn vị"), lambda one: one.unit.name),
    tables.Column("by", N_("Người tạo")),
    tables.Column("uses", N_("Đã dùng"), lambda one: f"{one.uses}/{one.max_uses}", number=True),
    tables.Column("made", N_("Tạo lúc"), lambda one: tables.moment(one.created_at)),
    tables.Column("expires", N_("Hết hạn"), lambda one: tables.moment(one.expires_at)),
)


@blueprint.get("/admin/codes")
def codes() -> Response | str:
    wanted = tables.wanted(code_queries.CODE_ORDERS, "-made", state=code_queries.CODE_STATES)
    states = {name: gettext(label) for name, label in CODE_WORDS.items()}
    state = tables.Filter("state", gettext("Tình trạng"), states, code_queries.code_counts())
    table = tables.Table(CODE_COLUMNS, code_queries.CODE_ORDERS, wanted, code_queries.codes(wanted), [state])
    if tables.asks_for_file():
        return table.file("ma-tham-gia")
    names = queries.usernames({one.created_by_id for one in table.found.items if one.created_by_id})
    return render_template("administration/codes.html", table=table, names=names, role_word=role_word)


# ---- audit log --------------------------------------------------------------------------------------------------


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


@blueprint.get("/admin/log")
def log() -> Response | str:
    args = request.args
    who, place = args.get("who", "").strip()[:120], args.get("unit", "").strip()[:80]
    people = find_by_name_typed(who) if who else []
    units = queries.units(place, most=UNITS_OFFERED) if place else []
    exact = [found for found in units if place in (found[0].code, found[0].name, str(found[0].id))]
    unit = (exact or units)[0][0] if len(exact or units) == 1 else None
    unknown = (who and len(people) != 1) or (place and unit is None)
    asked = queries.AuditFilter(
        people[0].id if len(people) == 1 else None, args.get("action", "")[:60], args.get("target", "").strip()[:80],
        unit.id if unit else None, _day(args.get("day", "")), args.get("before", type=parse_int),
    )  # fmt: skip
    found = Page[AuditRow]([], False) if unknown else queries.acts(asked, tables.size())
    if asked.person is not None:
        commands.note_reading(require_user(), asked.person)
    kept = {"who": who, "unit": place, "action": asked.action, "target": asked.target, "day": args.get("day", "")[:10]}
    table = tables.Table(
        audit_log.COLUMNS, (), tables.wanted((), ""), Page(audit_log.lines(found.items), found.more), more=kept,
        key=lambda line: line.row.id,
    )  # fmt: skip
    if tables.asks_for_file():
        return table.file("nhat-ky")
    return render_template(
        "administration/log.html", table=table, kept=kept, who_unknown=who and len(people) != 1,
        units=units if place and unit is None else None, actions=audit_log.acts_by_words(queries.actions()),
    )  # fmt: skip


UNITS_OFFERED = 10  # where the words of a filter fit several units
