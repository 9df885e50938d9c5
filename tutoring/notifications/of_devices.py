"""Who is told what of offers and of the store: where to look; never a name, a code or a serial."""
