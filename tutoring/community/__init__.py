"""The tree of units, memberships, join codes, nominations of helpers, and the duty rota."""
