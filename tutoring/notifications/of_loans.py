"""Who is told what of handovers, loans and thanks: a time and where to look; never a name or a word."""
