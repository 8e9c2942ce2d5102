"""One module for each file format; each turns bytes into plain text or raises ``ReadingError``."""
