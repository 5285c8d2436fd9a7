"""Rules about card."""
