"""How we hear and speak. Inside: outreach < conversations < the single channels, which do not know each other."""
