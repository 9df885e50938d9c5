"""Access rules of practice runs and of the private notebook of dossiers.

All visitors may practise; only its owner sees a run. The notebook is for adults, and each user reads and writes only
their own. A child under 18 has no notebook, because its parents handle its dossiers. Staff have no rule here, because
no route gives them access.
"""

from datetime import timedelta

MOST_ENTRIES = 50  # of one person
LATEST_REMINDER = timedelta(days=730)


def may_keep_notebook(kind: str, is_owner: bool) -> bool:
    """Only an adult has a notebook, and only its owner uses it."""
    return is_owner and kind == "adult"
