"""People and what they may: users, roles, teams, settings, tokens, signing in, invitations and the first run.

Here: the tables (`models`), who acts (`actors`: every right is read afresh), the settings of the workspace
(`settings.get`), the verbs on all of them (`services`), the first run (`bootstrap`), the sign-in pages over allauth
(`adapter`, `limits`, `templates/account`, `templates/mfa`), the middleware that puts the actor on the request.
Not here: the check itself and the names of rights (registry, each room's declarations), customers (memory.customers),
the look (ui), the trail (changes).
Events in: none. Events out: none.
To add a setting of the workspace: a `SettingKey` in the owner's registrations. To add a page under Settings: a
`SettingsPage`. To give a new right to the roles made at the first run: a line of `roles.PATTERNS`.
"""
