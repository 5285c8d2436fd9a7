"""A step of GitHub Actions: inputs and the event from the environment, one job of ours, and what GitHub is told of it."""
