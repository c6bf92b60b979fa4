"""The nouns: plain data that every other folder shares; nothing here reads a file or a socket."""
