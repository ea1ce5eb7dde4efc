"""The staff's door: home, the palette, switching between one's own and the sample business, error pages, health.

Here: what composes rooms (the navigation from the registry, home's slots, the palette's answer). Not here: any rule,
any table; a room's own pages hang in its web/. Events in: none. Events out: none. To add a page to the navigation: a
MenuEntry in its room's registrations. To add a block to home: a Panel with screen "home".
"""
