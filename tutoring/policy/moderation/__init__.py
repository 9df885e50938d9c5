"""Rules of moderation."""
