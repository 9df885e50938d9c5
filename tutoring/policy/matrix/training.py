"""Rows of the permission matrix: the training of staff."""

from tutoring.policy import training
from tutoring.policy.access import SIGNED_IN, STAFF
from tutoring.policy.matrix.rows import MatrixRow, allow_own, roles_held
from tutoring.policy.matrix.rows import routes as _routes

TRAINING: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Training of staff",
        "see one's own tracks and sessions, take a seat, give it back, leave a track",
        allow_own,
        SIGNED_IN,
        _routes("training", "index session sign_up withdraw leave_track"),
    ),
    MatrixRow(
        "Training of staff",
        "see who of the ward is ready and who is due, take the table along",
        lambda role, inside: training.may_run_training(roles_held(role, inside)),
        training.TRAINERS,
        _routes("training", "unit unit_sessions"),
    ),
    MatrixRow(
        "Training of staff",
        "put people of the ward on a track, take them off",
        lambda role, inside: training.may_take_off(False, roles_held(role, inside)),
        training.TRAINERS,
        _routes("training", "people assign unassign"),
    ),
    MatrixRow(
        "Training of staff",
        "announce a training session, change it",
        lambda role, inside: training.may_run_training(roles_held(role, inside)),
        training.TRAINERS,
        _routes("training", "new_session edit_session"),
    ),
    MatrixRow(
        "Training of staff",
        "cancel a training session",
        lambda role, inside: training.may_run_training(roles_held(role, inside)),
        training.TRAINERS,
        ("training.cancel_session",),
        reason=True,
    ),
    MatrixRow(
        "Training of staff",
        "say who came to a session that one leads, and what they were seen doing",
        lambda role, inside: training.may_mark(
            inside and training.may_lead_training(roles_held(role, inside)), roles_held(role, inside)
        ),
        STAFF,
        ("training.attendance",),
    ),
)
