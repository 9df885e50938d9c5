"""The measures of a calendar month, and the keys of their parts.

A fact belongs to a person. It counts for every unit where that person was a learner or parent at that moment, and for
all units above. It counts once per unit, however many paths lead there. `helping` counts for all units, partner
organisations too, where the helper was a member in any role. `received` counts devices, for the ward whose store they
entered and all units above it.
"""

from typing import Final

REACHED: Final = "reached"  # people: learned, asked, were helped or practised at least once in the month
NEW: Final = "new"  # people: the first of these in their life
ASKED: Final = (
    "asked"  # help requests made · key: "", "t:<topic>", "s:<weekday 0-6>-<hour 0-23>", "x:<topic>:<weekday>-<hour>"
)
UNMET: Final = "unmet"  # those that ended without any help · keys as for asked
WAITS: Final = "waits"  # those that were taken up: median and 90th percentile of waiting seconds · keys as for asked
TOGETHER: Final = "together"  # count: minutes both present; people: learners · key: "", "t:<topic>"
SESSIONS: Final = "sessions"  # sessions with minutes; people: learners
HELPING: Final = "helping"  # count: minutes given; people: helpers
FINISHED: Final = "finished"  # lessons finished · key: "", "l:<lesson slug>"
PRACTISED: Final = "practised"  # completed practice runs · key: "", "passed", "k:<skill>:well", "k:<skill>:again"
FILED: Final = "filed"  # people who report their first real dossier
# The funnel, for people whose first finished lesson was in the twelve months up to the end of this one: how many had
# done each step, and all steps before it, by then · key: learn, study, practise, file
FUNNEL: Final = "funnel"

# Devices and internet of families; key of needed and met: "", "d:device", "d:internet"
RECEIVED: Final = "received"  # count and people: devices that entered a store; no family member is behind them
NEEDED: Final = "needed"  # needs registered; people: for whom
MET: Final = "met"  # devices handed over and vouchers given that did not fail; people: the recipients
USED: Final = "used"  # vouchers that the family reports as used; people: theirs
RETURNED: Final = "returned"  # lent devices that came back; people: the borrowers
LOST: Final = "lost"  # lent devices written off as lost; people: the borrowers

DEVICES: Final = (RECEIVED, NEEDED, MET, USED, RETURNED, LOST)
MEASURES: Final = (
    REACHED, NEW, ASKED, UNMET, WAITS, TOGETHER, SESSIONS, HELPING, FINISHED, PRACTISED, FILED, *DEVICES, FUNNEL,
)  # fmt: skip
STEPS: Final = ("learn", "study", "practise", "file")
