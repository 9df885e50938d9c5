"""All pages of circles of parents."""

from tutoring.circles import circle_views, keeping_views, lesson_views, own_views, topic_views
from tutoring.circles.routes import blueprint

__all__ = ["blueprint", "circle_views", "keeping_views", "lesson_views", "own_views", "topic_views"]
