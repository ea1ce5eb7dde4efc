"""The gate: what is known (`facts`), what each check says of it (`checks`), and which channel it comes to (`judging`)."""
