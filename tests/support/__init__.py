"""What the tests share: builders of worlds, and a page in a real browser."""
