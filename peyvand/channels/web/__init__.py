"""What visitors do on our sites, and what their shops report.

Here: the collector, events partitioned by time, sessions (a visit is the interaction), bots, sources (UTM, click ids),
shop connectors, what a site may show a visitor (the live profile's facts), the pages of all this.
Not here: sites and visitors themselves (channels.sites), the address of the live profile (doors.site).
Events in: none. Events out: none of its own.
"""
