"""Kechuang (科创): an open operating system for a city's innovation policy."""

__version__ = "0.1.0"
