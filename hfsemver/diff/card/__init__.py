"""What the card and the licence file say: terms, ancestry, task."""
