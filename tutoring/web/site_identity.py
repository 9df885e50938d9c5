"""How pages show what the site calls itself: name, colours, logo, and the manifest of the installed site."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from sqlalchemy.exc import SQLAlchemyError

from tutoring.kernel import overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.site_identity import (
    SHIPPED_COLOUR,
    SHIPPED_NAME,
    SITE_COLOUR,
    SITE_LOGO,
    logo_side,
    mixed,
    site_name,
    wash_of,
)
from tutoring.web import assets

_BAR = "#0f2d69"  # --bar of tokens.css, for the colour as shipped
_SHEET = "site_setup/own-look.css"
_DARKER = 0.32  # the share of black in the bar and below a pointer


def _chosen(which: kernel_site_settings.SiteSetting[str], asks: bool) -> str:
    """Returns a setting; with `asks` false, or where the database does not answer, as this process read it last."""
    if asks:
        try:
            return which()
        except SQLAlchemyError:
            pass
    return str(overrides.last_read(kernel_site_settings.AREA, which.name) or which.default)


def site_logo(asks: bool = True) -> str:
    """Returns the digest of the site's logo, or an empty text."""
    return _chosen(SITE_LOGO, asks)


def _bar_of(colour: str) -> str:
    """Returns the colour of the bar, which a phone shows around the page."""
    return _BAR if colour == SHIPPED_COLOUR else mixed(colour, "#000000", _DARKER)


def _version() -> str:
    return assets.asset_url(_SHEET).rpartition("=")[2]


def colours_css(colour: str, scheme: str) -> str:
    """Returns the style sheet of a site's own look: its bar, and the tokens of a colour for one scheme.

    On a dark ground only the bar has the colour: letters in it could not be read there.
    """
    sheet = assets.tight(assets.static_text(_SHEET))
    if colour == SHIPPED_COLOUR:
        return sheet
    bar = f"{sheet}:root{{--bar:{_bar_of(colour)}}}"
    light = f":root{{--primary:{colour};--primary-dark:{_bar_of(colour)};--primary-wash:{wash_of(colour)}}}"
    if scheme == "dark":
        return f"{bar}@media print{{{light}}}"
    return bar + (light if scheme == "light" else f"@media print,(prefers-color-scheme:light){{{light}}}")


def manifest() -> dict[str, Any]:
    """Returns the manifest with the site's name, colour and logo."""
    made: dict[str, Any] = json.loads(assets.static_text("site.webmanifest"))
    name = site_name()
    made |= {"name": name, "short_name": name, "theme_color": _bar_of(SITE_COLOUR())}
    if (digest := site_logo()) and (side := logo_side(digest)):
        icon = {"src": url_for("web.logo", digest=digest), "type": "image/webp", "sizes": f"{side}x{side}"}
        made["icons"] = [icon | {"purpose": "any"}]
    return made


@dataclass(frozen=True)
class SiteLook:
    """What the frame of every page shows of the site; addresses are empty where there is nothing of its own."""

    name: str
    renamed: bool
    logo_url: str
    bar: str
    colours_url: str
    manifest_url: str


def site_look(asks: bool = True) -> SiteLook:
    """Returns the look of the site; with `asks` false as this process read it last, for pages of a failure."""
    name, logo, colour = site_name(asks), site_logo(asks), _chosen(SITE_COLOUR, asks)
    own = (name, logo, colour) != (SHIPPED_NAME, "", SHIPPED_COLOUR)
    return SiteLook(
        name=name,
        renamed=name != SHIPPED_NAME,
        logo_url=url_for("web.logo", digest=logo) if logo else "",
        bar=_bar_of(colour),
        colours_url=url_for("web.colours", colour=colour[1:], kind=assets.scheme(), v=_version()) if own else "",
        manifest_url=url_for("web.manifest") if own else assets.asset_url("site.webmanifest"),
    )


def init(app: Flask) -> None:
    """Makes name and look available to every template."""
    app.jinja_env.globals.update(site_name=site_name, site_look=site_look)
