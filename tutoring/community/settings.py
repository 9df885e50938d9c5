"""What a unit sets for its rooms."""

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import held, unit
from tutoring.community.site_settings import bare_host, check_hosts
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Missing
from tutoring.policy import community as policy


@command
def set_link_hosts(actor: User, unit_id: int, typed: str) -> Unit:
    """To which sites people in rooms of this unit and below may send links, one a line; empty takes all away."""
    place = unit(unit_id)
    if not policy.may_set_link_hosts(held(actor, unit_id)):
        raise Missing
    hosts = sorted({bare_host(line) for line in typed.split() if line.strip()})
    check_hosts(hosts)
    place.link_hosts = "\n".join(hosts)
    audit.record(actor.id, "set_link_hosts", f"unit:{unit_id}", hosts=hosts)
    return place
