"""What a site calls itself and how it looks: its name, its colour and its logo, which its administrators choose."""

import hashlib
import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock, overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import Model, db
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_

SHIPPED_NAME, SHIPPED_COLOUR = "Cùng Học", "#173f8f"
LICENCE = "CC BY"  # texts that name the authors of the lessons, as their licence asks, keep that name
LEAST_CONTRAST = 7.0
GROUND = "#fffaf0"  # the darkest light ground that links stand on (static/css/tokens.css)
_WHITE = "#ffffff"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
# Texts with the name in them are filled in by % and stand in HTML.
_UNFIT = re.compile(r"[%<>&\"'{}\\\x00-\x1f\x7f]")
LONGEST_NAME = 40


class SiteLogo(Model):
    """A picture that was chosen as logo, under the digest of its bytes; earlier ones stay, so that one can go back."""

    __tablename__ = "site_logo"

    digest: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes]
    side: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(default=clock.now)


def _channel(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = map(_channel, _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Returns the contrast ratio of two colours as WCAG 2 defines it, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """Returns the colour with this share of another one, from 0 to 1."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def dark_enough(colour: str) -> str:
    """Returns the colour itself, or the nearest darker one of its hue that is read well on every ground."""
    shades = (mixed(colour, "#000000", step / 50) for step in range(51))
    return next(one for one in shades if contrast(one, GROUND) >= LEAST_CONTRAST)


def wash_of(colour: str) -> str:
    """Returns the strongest tint of a colour on which the colour itself is read well."""
    tints = (mixed(colour, _WHITE, step / 100) for step in range(90, 101))
    return next((one for one in tints if contrast(colour, one) >= LEAST_CONTRAST), _WHITE)


def _check_name(name: str) -> None:
    if len(name) < 2 or _UNFIT.search(name):
        raise InvalidInput(
            N_("Hãy ghi tên trang bằng chữ, số và dấu câu thường, từ 2 ký tự, như: Học Vui An Khánh."), field="value"
        )


def _check_colour(colour: str) -> None:
    if not _COLOUR.fullmatch(colour):
        raise InvalidInput(N_("Hãy ghi màu dạng # và sáu chữ số, như #173f8f."), field="value")
    if (ratio := contrast(colour, GROUND)) < LEAST_CONTRAST:
        raise InvalidInput(
            N_(
                "Màu này nhạt quá: chữ trên nền chỉ đạt %(ratio)s : 1, cần từ 7 : 1 để người mắt kém đọc được. "
                "Màu cùng sắc đủ đậm là %(darker)s."
            ),
            field="value", ratio=f"{ratio:.1f}".replace(".", ","), darker=dark_enough(colour),
        )  # fmt: skip


def _check_logo(digest: str) -> None:
    if digest and db.session.get(SiteLogo, digest) is None:
        raise InvalidInput(N_("Hãy chọn logo ở trang Tên, logo và màu."), field="value")


_GROUP = N_("Trang này nói gì về mình")
SITE_NAME = kernel_site_settings.declare(
    "site_name", "text", SHIPPED_NAME, N_("Tên của trang"),
    N_("Hiện ở đầu mọi trang, trong thư, thông báo và trên màn hình chính của điện thoại."),
    group=_GROUP, longest=LONGEST_NAME, check=_check_name,
)  # fmt: skip
SITE_COLOUR = kernel_site_settings.declare(
    "site_colour", "text", SHIPPED_COLOUR, N_("Màu của trang"),
    N_("Màu của thanh đầu trang, nút và đường dẫn. Chữ phải đọc rõ, nên chỉ nhận màu đậm."),
    group=_GROUP, longest=7, check=_check_colour,
)  # fmt: skip
SITE_LOGO = kernel_site_settings.declare(
    "site_logo", "text", "", N_("Logo của trang"),
    N_("Chọn ảnh ở trang Tên, logo và màu. Để trống là dùng hình dấu sách."),
    group=_GROUP, longest=64, check=_check_logo,
)  # fmt: skip


def site_name(asks: bool = True) -> str:
    """Returns the name of the site.

    Where the database does not answer, or with `asks` false, it is the name that this process read last.
    """
    if asks:
        try:
            return SITE_NAME()
        except (SQLAlchemyError, RuntimeError):  # it does not answer, or no application runs
            pass
    try:
        return str(overrides.last_read(kernel_site_settings.AREA, SITE_NAME.name) or SHIPPED_NAME)
    except RuntimeError:
        return SHIPPED_NAME


def named(text: str, name: str = "") -> str:
    """Returns a text of the program with the name of the site, or this one, in place of the shipped one."""
    if SHIPPED_NAME not in text or LICENCE in text:
        return text
    return text.replace(SHIPPED_NAME, name or site_name())


def keep_logo(data: bytes, side: int) -> str:
    """Stores a sanitized square picture and returns its digest; the caller is a command and sets the setting."""
    digest = hashlib.sha256(data).hexdigest()[:16]
    values: dict[str, Any] = {"digest": digest, "data": data, "side": side, "added_at": clock.now()}
    insert_if_absent(SiteLogo, **values)
    return digest


def logo(digest: str) -> SiteLogo | None:
    """Returns a logo that was chosen once, or None."""
    return db.session.get(SiteLogo, digest)


def logo_side(digest: str) -> int:
    """Returns the length of a logo's sides in pixels; 0 where there is none."""
    return db.session.scalar(sa.select(SiteLogo.side).where(SiteLogo.digest == digest)) or 0
