"""Access rules of practice runs and of the private notebook of dossiers.

All visitors may practise; only its owner sees a run. The notebook is for adults, and each user reads and writes only
their own. A child under 18 has no notebook, because its parents handle its dossiers. Staff have no rule here, because
no route gives them access.
"""

from datetime import timedelta

from tutoring.policy.access import ANYONE, SIGNED_IN, Access
from tutoring.policy.lessons import EDITORS

ROUTES: dict[str, Access] = {
    "practice.index": ANYONE,
    "practice.scenario": ANYONE,
    "practice.watch": ANYONE,
    "practice.try_out": ANYONE,
    "practice.offline": ANYONE,
    "practice.keep": ANYONE,
    "practice.merge": SIGNED_IN,
    "practice.start": SIGNED_IN,
    "practice.run": SIGNED_IN,
    "practice.play": SIGNED_IN,
    "practice.give_up": SIGNED_IN,
    "notebook.notebook": SIGNED_IN,
    "notebook.new_entry": SIGNED_IN,
    "notebook.edit_entry": SIGNED_IN,
    "notebook.finish_entry": SIGNED_IN,
    "notebook.reopen_entry": SIGNED_IN,
    "notebook.delete_entry": SIGNED_IN,
    "notebook.first_dossier": SIGNED_IN,
    "practice.cards": ANYONE,
    "practice.handout": ANYONE,
    "practice.scenarios": EDITORS,
    "practice.scenario_review": EDITORS,
}

MOST_ENTRIES = 50  # of one person
LATEST_REMINDER = timedelta(days=730)


def may_keep_notebook(kind: str, is_owner: bool) -> bool:
    """Only an adult has a notebook, and only its owner uses it."""
    return is_owner and kind == "adult"
