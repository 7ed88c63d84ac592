"""What a student, the instructor and the wall see."""
