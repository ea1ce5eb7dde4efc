"""The sample business: a lively one to look at before one's own data is in, loaded and removed whole.

Here: loading and removing through the `DemoPart`s that rooms declare, the people who come with it, its page, the card
of the first run. Not here: what the sample consists of; each room's demo.py says that of its own rows. The sample lies
beside one's own data on every row (docs/decisions/0003).

Events in: none. Events out: SampleLoaded, SampleRemoved (peyvand/events/demo.py).

To add rows to the sample: the room's demo.py and the DemoPart in its registrations.py. To change its people: people.py.
"""
