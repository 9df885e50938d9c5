"""Appeals against moderation actions."""
