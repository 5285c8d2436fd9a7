"""Rules about eval."""
