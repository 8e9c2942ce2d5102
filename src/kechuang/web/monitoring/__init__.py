"""Targets, indicators and observations of the city."""
