"""The look: tokens, style sheets, icons, the form macros and the frame of every page."""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import wtforms as fields
from flask import Blueprint, Flask, render_template_string
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import validators
from wtforms.fields.choices import SelectChoice

from tests.parametrize import each_of
from tutoring.config import ROOT
from tutoring.web import assets, i18n, import_maps
from tutoring.web.forms import Form
from tutoring.web.site_identity import SiteLook

SHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LIGHT_PART, DARK_PART = (ROOT / "static/css/tokens.css").read_text("utf-8").split("@media screen and", 1)
LIGHT = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", LIGHT_PART))
TOKENS = {"light": LIGHT, "dark": LIGHT | dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", DARK_PART))}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, other: str, part: float) -> str:
    """What `color-mix(in srgb, one part, other)` makes."""
    pairs = zip(
        *(
            bytes.fromhex(colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:]))
            for colour in (one, other)
        ),
        strict=True,
    )
    return "#" + bytes(round(a * part + b * (1 - part)) for a, b in pairs).hex()


@pytest.mark.parametrize("scheme", TOKENS)
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("--ink", "--paper", 7),
        ("--ink", "--wash", 7),
        ("--ink", "--primary-wash", 7),
        ("--ink", "--ok-wash", 7),
        ("--ink", "--warn-wash", 7),
        ("--ink", "--bad-wash", 7),
        ("--night", "--focus", 7),
        ("--ink", "--sheet", 7),
        ("--primary", "--sheet", 7),
        ("--ink", "--rule", 7),
        ("--on-bar", "--bar", 7),
        ("--ink-soft", "--paper", 7),
        ("--ink-soft", "--wash", 7),
        ("--ink-soft", "--primary-wash", 6.5),
        ("--primary", "--paper", 7),
        ("--primary", "--wash", 7),
        ("--primary", "--primary-wash", 7),
        ("--on-dark", "--primary", 7),
        ("--on-dark", "--primary-dark", 7),
        ("--on-dark", "--ink", 7),
        ("--primary-dark", "--paper", 7),
        ("--on-dark", "--bad", 7),
        ("--ok", "--ok-wash", 7),
        ("--warn", "--warn-wash", 7),
        ("--bad", "--bad-wash", 7),
        ("--bad", "--paper", 7),
        ("--warn", "--paper", 7),
        ("--ok", "--paper", 7),
        ("--line-strong", "--paper", 3),
        ("--line-strong", "--wash", 3),
        ("--primary", "--line", 3),
        ("--ink", "--ground", 7),
        ("--ink-soft", "--ground", 7),
        ("--primary", "--ground", 7),
        ("--primary-dark", "--ground", 7),
        ("--ok", "--ground", 7),
        ("--warn", "--ground", 7),
        ("--bad", "--ground", 7),
        ("--bad", "--wash", 7),
        ("--line-strong", "--ground", 3),
        ("--label-soft", "--label", 7),
        ("--label-red", "--label", 7),
        ("--night", "--label", 7),
        ("--warn-edge", "--warn-wash", 3),
        ("--focus", "--bar", 3),
        ("--ink", "--cool", 7),
        ("--ink-soft", "--cool", 7),
        ("--primary", "--cool", 7),
        ("--ok", "--cool", 7),
        ("--warn", "--cool", 7),
        ("--bad", "--cool", 7),
        ("--line-strong", "--cool", 3),
    ],
)
def test_colours_can_be_read(scheme: str, text: str, ground: str, least: float) -> None:
    assert contrast(TOKENS[scheme][text], TOKENS[scheme][ground]) >= least


@pytest.mark.parametrize("scheme", TOKENS)
@pytest.mark.parametrize("hue", ["sky", "plum", "rose", "ok", "warn", "teal", "clay", "slate"])
def test_every_hue_can_be_read(scheme: str, hue: str) -> None:
    """A hue stands on its wash and on cards; text and links stand on its wash."""
    colours = TOKENS[scheme]
    wash = colours[f"--{hue}-wash"]
    assert min(contrast(colours[f"--{hue}"], ground) for ground in (wash, colours["--paper"])) >= 7
    assert min(contrast(colours[text], wash) for text in ("--ink", "--ink-soft", "--primary")) >= 7


@pytest.mark.parametrize("scheme", TOKENS)
def test_what_has_the_focus_is_seen_and_mixed_colours_can_be_read(scheme: str) -> None:
    colours = TOKENS[scheme]
    # The ring is yellow, dark, yellow: one of the two stands out from any ground.
    for ground in ("--paper", "--ground", "--wash", "--primary", "--bad", "--primary-wash"):
        assert max(contrast(colours[ring], colours[ground]) for ring in ("--focus", "--night")) >= 3, ground
    assert contrast(colours["--ink"], mixed(colours["--primary"], colours["--paper"], 0.38)) >= 4.5


def test_dark_changes_known_colours_alone_and_every_one_that_would_glare() -> None:
    dark = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", DARK_PART))
    same = {
        "--bar",
        "--on-bar",
        "--focus",
        "--night",
        "--lit",
        "--scarf",
        "--here",
        "--label",
        "--label-soft",
        "--label-red",
    }
    assert set(dark) == set(LIGHT) - same


def test_the_chosen_scheme_stands_on_every_page_and_paper_stays_light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "STATIC", ROOT / "static")
    assets._css.cache_clear(), assets.css_hash.cache_clear()
    pages = {scheme: assets._css("", scheme) for scheme in assets.SCHEMES}
    assert pages["auto"].count("@media screen and (prefers-color-scheme:dark)") == 1
    assert "prefers-color-scheme" not in pages["light"] + pages["dark"]
    assert "@media not all{:root{color-scheme:dark" in pages["light"]
    assert "@media screen{:root{color-scheme:dark" in pages["dark"]
    assert len({assets.css_hash(scheme) for scheme in assets.SCHEMES}) == 3


@each_of(SHEETS)
def test_literal_colours_and_durations_stand_in_tokens_only(sheet: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    if sheet.name != "tokens.css":
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(|\b\d+m?s\b|@font-face", css)
    known = set(re.findall(r"(--[\w-]+):", "".join(s.read_text("utf-8") for s in SHEETS)))
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= known


@each_of(SHEETS)
def test_no_page_turns_with_the_device_but_by_itself(sheet: Path) -> None:
    """WCAG 1.3.4. axe would load every sheet anew on each page for it (tests/axe.js)."""
    assert "orientation" not in sheet.read_text("utf-8")


@each_of(SHEETS)
def test_no_line_is_too_low_for_stacked_marks(sheet: Path) -> None:
    # 1.39 em of ink; line heights of 1 stand only on single signs and letters.
    for height in re.findall(r"line-height: ([\d.]+)", sheet.read_text("utf-8")):
        assert float(height) == 1 or float(height) >= 1.4


@pytest.mark.parametrize("kind", assets.KINDS)
def test_the_styles_of_each_kind_of_page_stay_small(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "STATIC", ROOT / "static")
    css = assets.tight("".join(sheet.read_text("utf-8") for sheet in assets.sheets_of(kind)))
    css = assets.used(css, assets._linked())
    assert len(css.encode()) < 33_500
    assert len(zlib.compress(css.encode(), 9)) < 8_000


def test_every_sheet_is_inlined_in_some_kind_of_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "STATIC", ROOT / "static")
    assert {sheet for kind in assets.KINDS for sheet in assets.sheets_of(kind)} == set(SHEETS)


def test_tokens_without_a_use_are_left_out() -> None:
    css = ":root{--a:#fff;--b:var(--a);--c:1px;--d:2px;--e:3px;}p{color:var(--b,red);border:var(--e) solid;}"
    assert assets.used(css, "q { margin: var(--d); }") == css.replace("--c:1px;", "")


def test_tightening_keeps_every_rule() -> None:
    css = "".join(sheet.read_text("utf-8") for sheet in SHEETS)
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    tight = assets.tight(css)
    for sign in "{},":
        assert tight.count(sign) == bare.count(sign)
    assert tight.count(";") == len(re.findall(r";(?!\s*})", bare))  # the last of a rule needs none
    assert "/*" not in tight
    assert (
        assets.tight('a { b: c(1px + 2px) ; }\n/* x */ d::e,\n f { content: ". " }')
        == 'a{b:c(1px + 2px)}d::e,f{content:". "}'
    )


@each_of(TEMPLATES)
def test_templates_hold_nothing_that_the_policy_refuses(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert " src=" in script or 'type="application/json"' in script, script
    icons = set(re.findall(r'^"(\w+)": "', (ROOT / "templates/_icons.html").read_text("utf-8"), re.MULTILINE))
    assert "ok" in icons and set(re.findall(r'icon\("([\w-]+)"\)', text)) <= icons


PRINTED = r'class="(?:[^"]* )?(?:card-print|paper-code|qr-here|code)[ "]'


@each_of(TEMPLATES)
def test_what_is_made_for_paper_looks_the_same_on_the_screen(template: Path) -> None:
    text = template.read_text("utf-8")
    if re.search(PRINTED, text) and "{% extends" in text:
        assert re.search(r"{% block printed %}<link rel=\"stylesheet\" href=\"{{ asset_url\('app/printed.css'\)", text)


# ---- macros ----------------------------------------------------------------------------------------------


class Sample(Form):
    name = fields.StringField(
        "Họ và tên",
        [validators.InputRequired("Nhập họ và tên."), validators.Length(max=80)],
        description="Như giấy tờ.",
    )
    phone = fields.TelField("Điện thoại", [validators.Optional()])
    year = fields.IntegerField("Năm sinh", [validators.NumberRange(1900, 2100, "Nhập năm bằng bốn chữ số.")])
    how = fields.RadioField(
        "Gấp đến đâu?",
        choices=[SelectChoice("3", "Ngay", {"hint": "Người trực thấy trước"}), SelectChoice("1", "Lúc nào cũng được")],
    )
    days = fields.SelectMultipleField("Buổi nào?", choices=[SelectChoice("s", "Sáng"), SelectChoice("t", "Tối")])
    place = fields.SelectField("Ở đâu?", choices=[SelectChoice("a", "Lớp 4A2")])
    words = fields.TextAreaField("Kể thêm")
    agree = fields.BooleanField("Tôi đồng ý", [validators.InputRequired("Cần đồng ý.")])
    secret = fields.PasswordField("Mật khẩu", [validators.InputRequired("Nhập mật khẩu.")])


class Visitor(SimpleNamespace):
    is_authenticated = False


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The templates without the rest of the application."""
    app = Flask("look", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.secret_key = "x" * 32
    monkeypatch.setattr(assets, "STATIC", ROOT / "static")
    app.jinja_env.globals.update(
        asset_url=assets.asset_url,
        import_map=import_maps.import_map,
        preloads=import_maps.preloads,
        scheme=assets.scheme,
        picture_url=assets.picture_url,
        hue_of=assets.hue_of,
        announcement=str,
        run_by=lambda: ("", ""),
        set_up_goes_on=str,
        site_look=lambda _asks: SiteLook("Cùng Học", False, "", "#0f2d69", "", "/site.webmanifest"),
        release=str,
        inline_css=lambda lean: Markup("<style></style>"),
    )
    app.jinja_env.globals["csrf_token"] = lambda: "the-token"
    i18n.init(app)
    web = Blueprint("web", __name__)
    web.add_url_rule("/language", "language", lambda: "", methods=["POST"])
    app.register_blueprint(web)
    set_up = Blueprint("site_setup", __name__)
    set_up.add_url_rule("/start-for-real", "start_for_real", lambda: "")
    app.register_blueprint(set_up)
    with app.test_request_context("/here?a=1"):
        yield app


def drawn(macro: str, **values: Any) -> str:
    bits = (
        '{% from "_forms.html" import field, errors, submit, csrf %}'
        '{% from "_macros.html" import icon, note, tag, empty, avatar, emergency, pager, meter %}'
        '{% from "_pictures.html" import pic, spot, dau %}'
    )
    return render_template_string(bits + macro, **values)


def sample(**typed: str) -> Sample:
    form = Sample(MultiDict(typed), meta={"csrf": False})
    form.validate()
    return form


def test_a_field_says_its_hint_and_its_fault_beside_the_control(small: Flask) -> None:
    html = drawn("{{ field(form.name, autocomplete='name') }}", form=sample(name=""))
    assert '<label for="name">Họ và tên</label>' in html
    assert 'aria-describedby="name-hint name-error"' in html
    assert 'aria-invalid="true"' in html and 'autocomplete="name"' in html
    assert 'id="name-hint">Như giấy tờ.' in html and "Nhập họ và tên." in html
    assert "required" not in html and "maxlength" not in html  # the server says it, in our words


def test_a_field_without_fault_is_quiet(small: Flask) -> None:
    html = drawn("{{ field(form.name) }}", form=sample(name="Nguyễn Ỷ Ưỡn"))
    assert "aria-invalid" not in html and "error" not in html and 'value="Nguyễn Ỷ Ưỡn"' in html
    assert "(không bắt buộc)" in drawn("{{ field(form.phone) }}", form=sample())


def test_numbers_keep_what_was_typed(small: Flask) -> None:
    html = drawn("{{ field(form.year) }}", form=sample(year="hai nghìn"))
    assert 'type="text"' in html and 'inputmode="numeric"' in html and 'value="hai nghìn"' in html


@pytest.mark.parametrize(("name", "kind", "chosen"), [("how", "radio", "3"), ("days", "checkbox", "t")])
def test_several_choices_are_one_question(small: Flask, name: str, kind: str, chosen: str) -> None:
    html = drawn(f"{{{{ field(form.{name}) }}}}", form=sample(**{name: chosen}))
    assert "<fieldset" in html and "<legend" in html
    assert len(re.findall(f'<label class="choice"><input type="{kind}"', html)) == 2
    assert len(re.findall(rf'value="{chosen}" checked', html)) == 1 and html.count("checked") == 1
    assert ("Người trực thấy trước" in html) == (name == "how")


def test_other_fields(small: Flask) -> None:
    form = sample()
    assert "<select" in drawn("{{ field(form.place) }}", form=form)
    assert "<textarea" in drawn("{{ field(form.words, rows=3) }}", form=form)
    agree = drawn("{{ field(form.agree) }}", form=form)
    assert 'class="choice"' in agree and 'aria-describedby="agree-error"' in agree
    secret = drawn("{{ field(form.secret, **{'data-x': '1'}) }}", form=form)
    assert 'type="password"' in secret and "app/show-password.js" in secret and 'data-x="1"' in secret


def test_the_summary_links_to_every_fault(small: Flask) -> None:
    form = sample(year="x")
    form.form_errors.append("Mã này đã dùng rồi.")
    html = drawn("{{ errors(form) }}", form=form)
    assert 'role="alert"' in html and "Mã này đã dùng rồi." in html
    for name in form.errors:
        assert not name or f'href="#{name}"' in html
    assert drawn("{{ errors(form) }}", form=Sample(meta={"csrf": False})).strip() == ""


def test_what_people_wrote_stays_text(small: Flask) -> None:
    evil = "<script>alert(1)</script>"
    html = drawn(
        "{{ tag(x) }}{{ empty(x, x, '/', x, x) }}{{ avatar(x, 3, x) }}{{ pic(x, x) }}{{ spot(x, x, x) }}{{ dau(x) }}"
        "{{ avatar(x) }}{{ submit(x, name=x) }}"
        "{% call note() %}{{ x }}{% endcall %}"
        "{{ field(form.name) }}{{ meter(1, 2, x) }}{{ emergency(duty=[(x, '028')]) }}",
        x=evil,
        form=sample(name=evil),
    )
    assert "<script" not in html


def test_pictures_have_a_box_and_say_nothing(small: Flask) -> None:
    html = drawn("{{ pic('laptop') }}{{ pic('laptop', 's') }}{{ spot('laptop', 'plum') }}{{ dau('chao', 'l') }}")
    assert html.count('alt=""') == 4 == html.count(" width=") == html.count(" height=")
    assert 'class="pic s"' in html and 'width="36" height="36"' in html
    assert '<span class="spot hue-plum"><img' in html and 'class="dau l" src="/static/pictures/dau-chao.svg?v=' in html
    assert drawn("{{ pic('none-such') }}{{ pic(none) }}{{ dau('none') }}") == ""


def test_people_have_their_letter_and_their_hue(small: Flask) -> None:
    assert drawn("{{ avatar('Khoa') }}") == '<span class="avatar" aria-hidden="true">K</span>'
    assert 'class="avatar s hue-plum here"' in drawn("{{ avatar('Nguyễn Văn Ỷ', 9, 's', True) }}")


def test_an_empty_list_may_have_a_picture(small: Flask) -> None:
    assert "<img" not in drawn("{{ empty('Chưa có gì') }}")
    assert "dau-nang.svg" in drawn("{{ empty('Chưa có gì', picture='dau') }}")
    assert "megaphone.svg" in drawn("{{ empty('Chưa có gì', picture='megaphone') }}")


# ---- the frame -------------------------------------------------------------------------------------------

PAGE = (
    '{% extends "base.html" %}{% block title %}Trang{% endblock %}{% block body %}<main id="main"></main>{% endblock %}'
)


def test_visitors_get_no_token_and_no_way_out(small: Flask) -> None:
    html = render_template_string(PAGE, current_user=Visitor(), nav=[])
    assert '<html lang="vi">' in html and "<title>Trang – Cùng Học</title>" in html
    assert 'name="csrf"' not in html and "/sign-out" not in html and "the-token" not in html
    assert 'name="next" value="/here?a=1"' in html and 'class="dock"' not in html


def test_the_signed_in_get_their_token_and_places(small: Flask) -> None:
    user = SimpleNamespace(is_authenticated=True, called_name="Hoà")
    place = SimpleNamespace(href="/notices", label="Thông báo", icon="bell", current=True, badge=3)
    page = PAGE + "{% block dock %}<button>Tiếp</button>{% endblock %}"
    html = render_template_string(page, current_user=user, nav=[place], demo_mode=True)
    assert '<meta name="csrf" content="the-token">' in html and "Đang dùng: Hoà" in html
    assert 'href="/notices" aria-current="page"' in html and "Bản dùng thử" in html
    assert html.index("</main>") < html.index('class="dock"') < html.index("<button>Tiếp") < html.index("<footer")


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 422, 429, 500])
def test_an_error_has_a_page(small: Flask, code: int) -> None:
    class Broken:
        @property
        def is_authenticated(self) -> bool:
            raise RuntimeError("the database is gone")

    html = render_template_string(
        '{% extends "web/error.html" %}',
        code=code,
        title="Tiêu đề",
        say="Hãy thử lại.",
        current_user=Broken() if code == 500 else Visitor(),
        nav=[],
    )
    assert "<h1>Tiêu đề</h1>" in html and "Hãy thử lại." in html and f"Mã: {code}" in html
