"""The sample business over every room that has a part in it."""
