"""What enterprises and people do for themselves: claim an organisation, fill yearly figures, ask about personal data."""
