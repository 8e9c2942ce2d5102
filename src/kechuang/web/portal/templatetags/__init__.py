"""Template tools of the portal."""
