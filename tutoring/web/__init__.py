"""Infrastructure shared by the edges: forms, sign-in, sockets, errors, headers, languages."""
