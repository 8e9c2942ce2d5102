"""Verbs of operations: make, verify and restore a backup."""
