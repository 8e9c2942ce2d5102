"""Verbs and reads of self-service."""
