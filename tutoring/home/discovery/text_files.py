"""robots.txt (RFC 9309) and security.txt (RFC 9116) of the site."""

from datetime import timedelta

from flask import url_for

from tutoring.accounts.sign_ins.flow import absolute_url
from tutoring.kernel import clock
from tutoring.kernel.errors import NotFound
from tutoring.web.i18n import LANGUAGES
from tutoring.web.site_settings import SECURITY_CONTACT

# All other addresses are refused, so that a new page for signed-in people needs no line here.
ALLOWED = (
    "/$", "/?lang=", "/lessons", "/campaigns", "/c/*.png$", "/help$", "/help?", "/help/", "/transparency", "/static/",
    "/site/", "/site.webmanifest", "/sitemap.xml$",
)  # fmt: skip
# Within what is allowed: pages of signed-in people, and answers to scripts. The longer of two rules decides.
REFUSED = (
    "/campaigns/*/", "/lessons/*/quiz", "/lessons/*/useful", "/lessons/paths/*/", "/lessons/search", "/lessons/suggest",
    "/lessons/*/keep.json",
)  # fmt: skip
VALID_DAYS = timedelta(days=180)  # RFC 9116 recommends less than a year


def robots() -> str:
    """Returns robots.txt: crawlers may read the public pages and nothing else."""
    rules = [*(f"Allow: {one}" for one in ALLOWED), *(f"Disallow: {one}" for one in REFUSED)]
    return "\n".join(["User-agent: *", *rules, "Disallow: /", "", f"Sitemap: {_absolute('discovery.sitemap')}", ""])


def security() -> str:
    """Returns security.txt with the contact of the site; raises NotFound while none is set."""
    contact = SECURITY_CONTACT()
    if not contact:
        raise NotFound
    lines = {
        "Contact": contact if contact.startswith("https://") else f"mailto:{contact}",
        "Expires": f"{clock.today() + VALID_DAYS:%Y-%m-%d}T00:00:00Z",
        "Preferred-Languages": ", ".join(LANGUAGES),
        "Canonical": _absolute("discovery.security"),
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


def _absolute(endpoint: str) -> str:
    return absolute_url(url_for(endpoint))
