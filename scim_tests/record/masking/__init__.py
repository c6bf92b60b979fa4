"""People whom no run made are hidden here, on the way to disk."""
