"""Pages of people, rights, settings and signing in."""
