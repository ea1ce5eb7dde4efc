"""How files of orders and products come in: what columns mean, what codes mean, and one set-based writer for each."""
