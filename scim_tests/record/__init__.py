"""From what the engine found to the run record, its file and its baseline; people are masked on the way."""
