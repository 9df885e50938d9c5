"""Plumbing that the edges share: forms, sign-in, sockets, errors, headers, languages."""
