"""Models of buying and staying, as mathematics alone: numbers in, a fit out; no database, no Django.

bgnbd, paretonbd: how often customers without a contract buy and whether they still do. gammagamma: what they spend a
purchase. sbg: how long customers with a contract stay. Heavy: children of the worker and the console only.
"""
