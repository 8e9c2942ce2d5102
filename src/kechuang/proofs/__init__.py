"""Proofs that records have not been changed: canonical JSON, hash chain, Merkle tree, stand-alone verifier."""
