"""Rules about file formats."""
