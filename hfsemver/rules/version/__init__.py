"""Rules about version."""
