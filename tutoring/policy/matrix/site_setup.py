"""Rows of the permission matrix: the set-up of a fresh site."""

from tutoring.policy.access import ANYONE, roles
from tutoring.policy.administration import may_run_the_site
from tutoring.policy.matrix.rows import MatrixRow, allow_anyone, roles_held, routes


def _runs(role: str, inside: bool) -> bool:
    return may_run_the_site(roles_held(role, inside))


SITE_SETUP: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Setting up a site",
        "begin with the one-time link of the terminal, until there is an administrator; other visitors get no page",
        allow_anyone,
        ANYONE,
        routes("site_setup", "open_link choose_language name_site first_admin"),
    ),
    MatrixRow(
        "Setting up a site",
        "become the second administrator with a code of the first",
        allow_anyone,
        ANYONE,
        ("site_setup.second_admin",),
    ),
    MatrixRow(
        "Setting up a site",
        "read how to begin for real, on the demonstration alone",
        allow_anyone,
        ANYONE,
        ("site_setup.start_for_real",),
    ),
    MatrixRow(
        "Setting up a site",
        "see what is set up and what is missing, try the mail, end the set-up",
        _runs,
        roles("site_admin"),
        routes("site_setup", "overview duty try_mail finish"),
    ),
    MatrixRow(
        "Setting up a site",
        "name, logo and colour; a code for the second administrator; ward, school and classes; the key of backups",
        _runs,
        roles("site_admin"),
        step_up=routes("site_setup", "identity invite_admin places backup_key"),
    ),
)
