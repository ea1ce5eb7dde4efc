"""The dispatcher: claims what is due, asks the gate, commits the attempt, speaks to the provider, settles.

`judged` what the gate says of ledger rows · `claiming` leases and attempts · `handing` what has been handed over, for
who comes after a kill · `settling` what came back, reports · `sweeping` leases that ran out, held ones whose time has
come, the fate of those nobody knows · `standing` the threads of a worker.
"""
