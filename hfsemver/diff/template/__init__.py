"""Chat templates of both sides, by what they render."""
