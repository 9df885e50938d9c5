"""Quizzes at the end of a lesson."""
