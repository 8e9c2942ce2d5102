"""Commands of the entitlements app."""
