"""Django's SQLite with a queue of writers that is looked at often; named as ``ENGINE`` in the settings."""
