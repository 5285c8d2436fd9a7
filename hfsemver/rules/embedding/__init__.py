"""Rules about embedding."""
