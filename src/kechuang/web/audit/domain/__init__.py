"""Verbs of the audit log: record, seal, publish, export."""
