"""Template tools of the policy app."""
