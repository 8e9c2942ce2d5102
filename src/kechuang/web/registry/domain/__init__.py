"""Verbs and reads of the registry."""
