"""What the header of a GGUF file says, against the files beside it and against the header of another release."""
