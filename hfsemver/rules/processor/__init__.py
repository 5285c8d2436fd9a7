"""Rules about processor."""
