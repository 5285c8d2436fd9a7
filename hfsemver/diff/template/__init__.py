"""What chat templates render, tried out in a child process with limits."""
