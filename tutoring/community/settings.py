"""What a unit sets for its rooms."""

import re

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import held, unit
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Invalid, Missing
from tutoring.kernel.text import N_
from tutoring.policy import community as policy

MOST_HOSTS = 20
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
# Where anybody can put anything, or talk unseen: never let through for a whole unit.
_ANYBODYS = ("zalo.me", "facebook.com", "fb.com", "m.me", "t.me", "telegram.me", "discord.gg", "discord.com", "bit.ly",
             "tinyurl.com", "tiktok.com", "instagram.com", "messenger.com", "com.vn", "net.vn", "org.vn")  # fmt: skip


@command
def set_link_hosts(actor: User, unit_id: int, typed: str) -> Unit:
    """To which sites people in rooms of this unit and below may send links, one a line; empty takes all away."""
    place = unit(unit_id)
    if not policy.may_set_link_hosts(held(actor, unit_id)):
        raise Missing
    hosts = sorted({re.sub(r"^https?://|/.*$", "", line.strip().lower()) for line in typed.split() if line.strip()})
    for host in hosts:
        if not _HOST.fullmatch(host) or any(host == one or host.endswith(f".{one}") for one in _ANYBODYS[:-3]):
            raise Invalid(N_("Không thêm được %(host)s. Chỉ ghi tên trang của trường, phường, như: truong.edu.vn"),
                          field="hosts", host=host[:60])  # fmt: skip
        if host in _ANYBODYS:
            raise Invalid(N_("%(host)s quá rộng. Hãy ghi đủ tên trang, như: truong-abc.%(host)s"), field="hosts",
                          host=host)  # fmt: skip
    if len(hosts) > MOST_HOSTS:
        raise Invalid(N_("Nhiều nhất %(most)s trang. Hãy bỏ bớt."), field="hosts", most=MOST_HOSTS)
    place.link_hosts = "\n".join(hosts)
    audit.record(actor.id, "set_link_hosts", f"unit:{unit_id}", hosts=hosts)
    return place
