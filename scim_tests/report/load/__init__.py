"""What a load tells: `load.html`, the terminal, JUnit, Markdown, and two loads side by side; each reads the record alone."""
