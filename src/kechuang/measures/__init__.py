"""Policy measures: exact amounts, explained step by step, with what is missing and what is still open."""
