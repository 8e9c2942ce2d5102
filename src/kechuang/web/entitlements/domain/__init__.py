"""Verbs and reads of the entitlements app."""
