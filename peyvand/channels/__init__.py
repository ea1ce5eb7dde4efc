"""How we hear and speak. Inside: outreach < conversations | sites < forms < the single channels, which do not know
each other.
"""
