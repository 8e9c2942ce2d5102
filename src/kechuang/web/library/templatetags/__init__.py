"""Template tools of the policy library."""
