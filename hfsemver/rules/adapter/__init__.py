"""Rules about adapter."""
