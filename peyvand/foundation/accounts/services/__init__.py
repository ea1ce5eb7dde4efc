"""The verbs, by what they are about: people, sessions, roles, teams, tokens, workspace. Each takes the actor first."""
