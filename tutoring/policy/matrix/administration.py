"""Rows of the permission matrix: administration of the site."""

from tutoring.policy import administration
from tutoring.policy.matrix.rows import Line, held
from tutoring.policy.matrix.rows import routes as _routes


def _runs(role: str, inside: bool) -> bool:
    return administration.may_run_the_site(held(role, inside))


ADMINISTRATION: tuple[Line, ...] = (
    Line("Running the site", "see what needs a look, have the chain of acts checked", _runs,
         _routes("administration", "index check_chain work work_of_kind")),
    Line("Running the site", "try failed work again, put it away", _runs, ("administration.work_act",), reason=True),
    Line("Running the site", "change a setting, a fact of lessons or a holiday, put an earlier value back", _runs,
         _routes("administration", "settings setting facts fact holidays holiday put_back"), reason=True),
    Line("Running the site", "search units, list join codes", _runs, _routes("administration", "units codes")),
    Line("Running the site", "look somebody up by user name, phone or e-mail; end all sign-ins", _runs,
         _routes("administration", "people person_act"), reason=True),
    Line("Running the site", "read the log of acts", _runs, ("administration.log",)),
)  # fmt: skip
