"""Verbs and questions of the policy library."""
