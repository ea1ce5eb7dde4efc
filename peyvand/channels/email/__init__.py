"""E-mail: sending it, hearing it, and keeping one's name as a sender."""
