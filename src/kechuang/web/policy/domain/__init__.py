"""Verbs and reads of the policy app."""
