"""Reads and writes of the app."""
