"""Audit events, their hash chain and its public heads."""
