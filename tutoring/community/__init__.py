"""Places and belonging: the tree of units, memberships, join codes, nominations, the duty rota."""
