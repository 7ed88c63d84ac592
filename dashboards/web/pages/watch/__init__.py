"""Watch: one run, round by round, its decisions explained."""
