"""Signed tokens (JWS) by public keys (JWK): which are taken, and that each counts once."""
