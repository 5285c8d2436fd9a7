"""Rules about licence."""
