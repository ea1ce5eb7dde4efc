"""Speaking with machines outside: webhooks, providers of SMS and mail, banks, shops; and keeping their keys.

Here: the guard of where a request may go (`guarding`), one request over the wire within a deadline
(`requesting.request`), secrets encrypted for keeping (`locking`), and who
asks us when a proxy stands between (`forwarding`).
Not here: what is said, how it is signed, when it is tried again: that is for whoever speaks. No table, no page.
Events in: none. Events out: none.
To speak with a provider: `request(url, body=…, headers={"Content-Type": …}, most_read=…)` and read the `Outcome`;
never httpx or urllib, which follow redirects into one's own network.
"""
