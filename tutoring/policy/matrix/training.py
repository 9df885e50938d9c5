"""Rows of the permission matrix: the training of staff."""

from tutoring.policy import training
from tutoring.policy.matrix.rows import Line, held, own
from tutoring.policy.matrix.rows import routes as _routes

TRAINING: tuple[Line, ...] = (
    Line("Training of staff", "see one's own tracks and sessions, take a seat, give it back, leave a track", own,
         _routes("training", "index session sign_up withdraw leave_track")),
    Line("Training of staff", "see who of the ward is ready and who is due, take the table along",
         lambda role, inside: training.may_run_training(held(role, inside)), _routes("training", "unit unit_file")),
    Line("Training of staff", "put people of the ward on a track, take them off",
         lambda role, inside: training.may_take_off(False, held(role, inside)),
         _routes("training", "people assign unassign")),
    Line("Training of staff", "announce a training session, change it",
         lambda role, inside: training.may_run_training(held(role, inside)),
         _routes("training", "new_session edit_session")),
    Line("Training of staff", "cancel a training session",
         lambda role, inside: training.may_run_training(held(role, inside)), ("training.cancel_session",), reason=True),
    Line("Training of staff", "say who came to a session that one leads, and what they were seen doing",
         lambda role, inside: training.may_mark(inside and training.may_lead_training(held(role, inside)),
                                                held(role, inside)), ("training.attendance",)),
)  # fmt: skip
