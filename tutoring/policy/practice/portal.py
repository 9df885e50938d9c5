"""Rehearsals are for everybody, and a run is its own person's alone.

The private notebook of dossiers is for grown-ups; each reads and writes their own and nobody else's.

A child under 18 has no notebook: its dossiers are in its parents' hands, and so is what is written of them. There is
no rule for staff here, because there is no door for them.
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
    """An adult, and nobody but whose it is."""
    return is_owner and kind == "adult"
