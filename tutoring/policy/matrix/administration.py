"""Rows of the permission matrix: administration of the site."""

from tutoring.policy import administration
from tutoring.policy.access import roles
from tutoring.policy.matrix.rows import MatrixRow, roles_held
from tutoring.policy.matrix.rows import routes as _routes


def _runs(role: str, inside: bool) -> bool:
    return administration.may_run_the_site(roles_held(role, inside))


ADMINISTRATION: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Running the site",
        "see what needs a look, have the chain of acts checked",
        _runs,
        roles("site_admin"),
        _routes("administration", "index check_chain work work_of_kind"),
    ),
    MatrixRow(
        "Running the site",
        "try failed work again, put it away",
        _runs,
        roles("site_admin"),
        step_up=("administration.work_act",),
        reason=True,
    ),
    MatrixRow(
        "Running the site",
        "change a setting, a fact of lessons or a holiday, put an earlier value back",
        _runs,
        roles("site_admin"),
        _routes("administration", "settings facts holidays"),
        step_up=_routes("administration", "setting fact holiday put_back"),
        reason=True,
    ),
    MatrixRow(
        "Running the site",
        "search units, list join codes",
        _runs,
        roles("site_admin"),
        _routes("administration", "units codes"),
    ),
    MatrixRow(
        "Running the site",
        "look somebody up by user name, phone or email; end all sign-ins",
        _runs,
        roles("site_admin"),
        ("administration.people",),
        step_up=("administration.person_act",),
        reason=True,
    ),
    MatrixRow("Running the site", "read the log of acts", _runs, roles("site_admin"), ("administration.log",)),
)
