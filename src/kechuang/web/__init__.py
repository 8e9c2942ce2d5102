"""The Django project: settings, addresses, API and the apps."""
