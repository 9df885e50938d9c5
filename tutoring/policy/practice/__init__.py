"""Rules of the practice portal."""
