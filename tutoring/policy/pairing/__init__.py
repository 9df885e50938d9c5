"""Rules of pairing."""
