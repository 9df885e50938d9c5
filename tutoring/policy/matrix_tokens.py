"""Lines of the table of permissions: what an address or a header with a secret of its own opens, without a sign-in."""

from tutoring.policy.matrix_roles import Line, anyone

BY_TOKEN: tuple[Line, ...] = (
    Line("Public", "read somebody's times, without names, under the address of their private calendar", anyone,
         ("notifications.feed",)),
    Line("Public", "read the figures of the running site, with the monitor's own token", anyone, ("metrics.figures",)),
)  # fmt: skip
