"""Scores of two releases, and what may be concluded from their difference."""
