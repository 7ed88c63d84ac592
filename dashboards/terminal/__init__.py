"""What a command prints: tables and screens for a terminal."""
