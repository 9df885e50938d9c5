"""What people and rules do with reports, cases and acts."""

from tutoring.moderation.commands.acting import act, reverse, see_act, undo
from tutoring.moderation.commands.caring import calm, close, keep_words, record_act, set_home
from tutoring.moderation.commands.claiming import claim, let_go
from tutoring.moderation.commands.deciding import decide, look, regrade
from tutoring.moderation.commands.reporting import raise_risk, report
from tutoring.moderation.commands.welfare import open_welfare

__all__ = [
    "act", "calm", "claim", "close", "decide", "keep_words", "let_go", "look", "open_welfare", "raise_risk",
    "record_act", "regrade", "report", "reverse", "see_act", "set_home", "undo",
]  # fmt: skip
