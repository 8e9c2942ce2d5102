"""People who log in, their roles and what they may see."""
