"""Scripts that show a fault again: with curl and a shell, or with Python alone."""
