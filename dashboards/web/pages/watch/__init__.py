"""The page Watch: one run, round by round, with explanations of its decisions."""
