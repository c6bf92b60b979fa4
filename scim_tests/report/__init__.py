"""Tells: a run record in, text out: terminal, page, summary, JUnit, HAR, scripts."""
