"""The pages, one module each, with the parts that only they use beside them."""
