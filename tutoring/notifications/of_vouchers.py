"""Who is told what of sponsored internet: where to look; never a code."""
