"""Sign-in with school accounts by OpenID Connect: identity providers, links, logout there."""
