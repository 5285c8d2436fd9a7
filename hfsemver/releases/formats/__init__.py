"""Strict, bounded readers, one per file format. Each takes bytes and a place, and returns values or ``FormatError``."""
