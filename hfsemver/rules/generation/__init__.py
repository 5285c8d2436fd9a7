"""Rules about generation."""
