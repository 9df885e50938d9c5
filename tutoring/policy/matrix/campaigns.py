"""Rows of the permission matrix: campaigns."""

from tutoring.policy import campaigns
from tutoring.policy.access import ANYONE
from tutoring.policy.matrix.rows import MatrixRow, allow_anyone, roles_held, routes

CAMPAIGNS: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Campaigns",
        "read the page of an open campaign, how far it is (nothing under ten), come by a code of six",
        allow_anyone,
        ANYONE,
        routes("campaigns", "index show scan picture"),
    ),
    MatrixRow(
        "Campaigns",
        "prepare a campaign of the unit, make its materials, see what they brought (nothing under ten)",
        lambda role, inside: campaigns.may_write_campaign(roles_held(role, inside)),
        campaigns.WRITERS,
        routes("campaigns", "of_unit new manage edit new_material material edit_material paper_file drop_material"),
    ),
    MatrixRow(
        "Campaigns",
        "publish a campaign (not who wrote it, where somebody else may)",
        lambda role, inside: campaigns.may_publish_campaign(roles_held(role, inside), False, True),
        campaigns.WRITERS,
        ("campaigns.publish",),
        second=True,
    ),
    MatrixRow(
        "Campaigns",
        "close an open campaign, change its words",
        lambda role, inside: campaigns.may_end_campaign(roles_held(role, inside), "open"),
        campaigns.WRITERS,
        ("campaigns.close",),
    ),
)
