"""Access rules of the set-up of a fresh site."""

LEAST_ADMINS = 2  # acts that need two people need two administrators


def may_have_link(admins: int, demonstration: bool) -> bool:
    """Whether a link to set up the site may be made: no administrator yet, and not the demonstration."""
    return admins == 0 and not demonstration


def may_set_up(holds_link: bool, admins: int) -> bool:
    """Whether the browser that opened the link may go on; it ends with the first administrator."""
    return holds_link and admins == 0


def may_invite_admin(site_admin: bool, admins: int) -> bool:
    """An administrator invites the second one; more are made at the server."""
    return site_admin and admins < LEAST_ADMINS
