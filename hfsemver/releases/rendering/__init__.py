"""What the chat templates of a release render, tried out in a child process with limits."""
