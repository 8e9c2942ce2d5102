"""Chinese written forms: numerals, money, dates, working days, character bigrams. No I/O, no other room."""
