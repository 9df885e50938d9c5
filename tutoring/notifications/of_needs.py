"""Who is told what of needs: where to look; never a name or a basis."""
