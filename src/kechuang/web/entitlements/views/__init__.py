"""Pages of the entitlements app."""
