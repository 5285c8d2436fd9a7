"""What the tokenizer of a release makes of texts, tried out in a child process with limits."""
