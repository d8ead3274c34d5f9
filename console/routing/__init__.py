"""The pages on which operators say where payments go, and see what that would change."""
