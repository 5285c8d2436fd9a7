"""What a PEFT adapter promises to those who load it, and whether its tensors keep that."""
