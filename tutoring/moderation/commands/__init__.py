"""What people and rules do with reports, cases and acts."""

from tutoring.moderation.commands.acting import act, reverse, see_act, undo
from tutoring.moderation.commands.claiming import claim, let_go
from tutoring.moderation.commands.deciding import decide, look, regrade
from tutoring.moderation.commands.reporting import raise_risk, report

__all__ = ["act", "claim", "decide", "let_go", "look", "raise_risk", "regrade", "report", "reverse", "see_act", "undo"]
