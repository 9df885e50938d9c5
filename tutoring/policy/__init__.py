"""Access rules of all features.

Functions take plain facts and query no database; what is not listed is refused.
"""
