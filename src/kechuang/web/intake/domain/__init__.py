"""Verbs of the app; every write, each with its audit event."""
