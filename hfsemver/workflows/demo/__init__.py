"""A small model of our own, released and broken before your eyes."""
