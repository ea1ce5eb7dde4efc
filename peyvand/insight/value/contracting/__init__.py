"""Customers who pay by contract: how contracts stand on a day (`standing`), who stays how long (`staying`), what that
is worth (`worth`), who left and why (`loss`). Heavy: children of the worker and the console only.
"""
