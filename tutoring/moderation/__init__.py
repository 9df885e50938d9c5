"""Moderation: reports, cases, moderation actions, appeals, the live dashboard."""
