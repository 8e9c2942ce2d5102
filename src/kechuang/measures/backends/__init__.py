"""Other interpreters of the same expression tree, for populations. Loaded only where used: their imports are heavy."""
