"""Template tools of the entitlements app."""
