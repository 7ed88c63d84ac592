"""Work in the background, while pages go on answering."""
