"""Policy library: documents of any city, read, reviewed by two people, compared, and exported as city packs."""
