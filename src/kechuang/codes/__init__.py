"""Codes of Chinese administration and statistics: what they look like, whether they are right. No I/O."""
