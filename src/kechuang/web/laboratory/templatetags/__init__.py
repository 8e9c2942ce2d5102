"""Template tools of the app."""
