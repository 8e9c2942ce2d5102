"""Home, search and the pages that join the other apps."""
