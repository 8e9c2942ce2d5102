"""Running the city: backup, restore, and what the system administrator looks at."""
