"""What we know of every customer. Inside: customers < interactions < commerce."""
