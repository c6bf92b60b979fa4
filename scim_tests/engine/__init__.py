"""Conducts acts and judges transcripts; knows no act and no check by name."""
