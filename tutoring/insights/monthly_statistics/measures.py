"""What is counted of each calendar month, and by which keys its parts are told apart.

A fact belongs to a person and counts for every unit of which that person was a learner or parent at that moment, and
for all above these: once for each unit, however many ways lead there. `helping` counts for the units (partner
organisations too) of which the helper was a member in any role. `received` counts machines, for the ward whose store
they came into and all above it.
"""

from typing import Final

REACHED: Final = "reached"  # people: learned, asked, were helped or rehearsed at least once in the month
NEW: Final = "new"  # people: the first of these in their life
ASKED: Final = (
    "asked"  # help requests made · key: "", "t:<topic>", "s:<weekday 0-6>-<hour 0-23>", "x:<topic>:<weekday>-<hour>"
)
UNMET: Final = "unmet"  # those of them that ended without anybody having helped · keys as of asked
WAITS: Final = "waits"  # those of them that were taken up: middle and high seconds of waiting · keys as of asked
TOGETHER: Final = "together"  # count: minutes both present; people: learners · key: "", "t:<topic>"
SESSIONS: Final = "sessions"  # sessions with minutes; people: learners
HELPING: Final = "helping"  # count: minutes given; people: helpers
FINISHED: Final = "finished"  # lessons finished · key: "", "l:<lesson slug>"
PRACTISED: Final = "practised"  # rehearsals to their end · key: "", "passed", "k:<skill>:well", "k:<skill>:again"
FILED: Final = "filed"  # people who say to have handed in a first real dossier
# The journey, of people whose first lesson was finished in the last twelve months up to the end of this one: how many
# of them had done each step, and all before it, by then · key: learn, study, practise, file
FUNNEL: Final = "funnel"

# Devices and internet of families; key of needed and met: "", "d:device", "d:internet"
RECEIVED: Final = "received"  # count and people: machines that came into a store; nobody of a family stands behind them
NEEDED: Final = "needed"  # needs told; people: for whom
MET: Final = "met"  # devices handed over and vouchers given that did not fail; people: who got one
USED: Final = "used"  # vouchers of which the family says that it used them; people: theirs
RETURNED: Final = "returned"  # lent devices that came back; people: who had them
LOST: Final = "lost"  # lent devices written off as lost; people: who had them

DEVICES: Final = (RECEIVED, NEEDED, MET, USED, RETURNED, LOST)
MEASURES: Final = (
    REACHED, NEW, ASKED, UNMET, WAITS, TOGETHER, SESSIONS, HELPING, FINISHED, PRACTISED, FILED, *DEVICES, FUNNEL,
)  # fmt: skip
STEPS: Final = ("learn", "study", "practise", "file")
