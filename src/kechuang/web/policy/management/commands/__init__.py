"""Commands of the policy app."""
