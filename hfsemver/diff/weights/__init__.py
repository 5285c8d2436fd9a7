"""What happened to tensors: which came and went, which only moved, and what their values say."""
