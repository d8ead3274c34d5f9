"""Where payments go: the rules that are published, how accounts fare, and the choice itself."""
