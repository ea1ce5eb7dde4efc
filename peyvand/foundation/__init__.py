"""What every room stands on; knows no business word."""
