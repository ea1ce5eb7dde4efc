"""What it means: reads the facts that rooms declare, computes, and writes traits back into memory. Inside: warehouse <
value < prediction < reports.
"""
