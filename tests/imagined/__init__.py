"""Faults nobody has reported yet, to see how far the general rules reach."""
