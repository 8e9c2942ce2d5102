"""Reads that join the other apps: home figures, search, tasks, services, industries, documents read on the spot."""
