"""Observers: held messages, mutes, locks, appeals."""
