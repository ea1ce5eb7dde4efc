"""What can happen: one file a room, frozen dataclasses in the past tense, standard library only; anyone may import
them.

An event carries ids and plain values (int, str, bool, float, None, date, aware datetime, tuples of these), never
objects of a room. A bulk verb publishes one event for the batch. The name on the wire is "<file>.<Class>".
"""
