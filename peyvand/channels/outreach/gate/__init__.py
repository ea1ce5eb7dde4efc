"""The gate: what is known (`facts`), what each check says (`checks`), which channel it comes to (`judging`)."""
