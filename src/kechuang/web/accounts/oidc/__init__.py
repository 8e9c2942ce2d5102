"""Log-in through the city's identity provider (OpenID Connect Core 1.0): authorisation code with PKCE, nothing else."""
