"""What a step writes for GitHub: outputs and a summary into files of the runner, and one comment on a pull request."""
