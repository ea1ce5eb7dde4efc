"""A measured business: a database beside the real one, filled by COPY, walked as staff walk it, and dropped."""
