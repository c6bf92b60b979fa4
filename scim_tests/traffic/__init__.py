"""Recorded traffic: how it is read, what is hidden in it, how it is judged, replayed and recorded."""
