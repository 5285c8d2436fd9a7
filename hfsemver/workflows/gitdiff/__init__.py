"""What git shows of a weight file: tensors instead of bytes, in ``git diff`` and in the log."""
