from __future__ import annotations

from django.urls import path

from peyvand.foundation.accounts.web.views import entrance, own, people, workspace

app_name = "accounts"
urlpatterns = [
    path("preferences/", entrance.preferences, name="preferences"),
    path("language/", entrance.preferences, name="language"),
    path("welcome/", entrance.welcome, name="welcome"),
    path("welcome/done/", entrance.welcome_done, name="welcome-done"),
    path("invitation/<str:token>/", entrance.invitation, name="invitation"),
    path("new-password/<str:token>/", entrance.password_link, name="password-link"),
    path("settings/", own.index, name="settings"),
    path("settings/profile/", own.profile, name="profile"),
    path("settings/security/", own.security, name="security"),
    path("settings/security/sessions/<int:pk>/end/", own.session_end, name="session-end"),
    path("settings/security/sessions/end/", own.sessions_end_others, name="sessions-end"),
    path("settings/workspace/", workspace.workspace, name="workspace"),
    path("settings/people/", people.users, name="users"),
    path("settings/people/invite/", people.invite, name="invite"),
    path("settings/people/invitations/<int:pk>/revoke/", people.invitation_revoke, name="invitation-revoke"),
    path("settings/people/<int:pk>/", people.user, name="user"),
    path("settings/people/<int:pk>/deactivate/", people.user_deactivate, name="user-deactivate"),
    path("settings/people/<int:pk>/activate/", people.user_activate, name="user-activate"),
    path("settings/people/<int:pk>/password-link/", people.user_reset, name="user-reset"),
    path("settings/people/<int:pk>/second-factor/", people.user_second_factor, name="user-second-factor"),
    path("settings/roles/", people.role_list, name="roles"),
    path("settings/roles/new/", people.role, name="role-new"),
    path("settings/roles/<int:pk>/", people.role, name="role"),
    path("settings/roles/<int:pk>/delete/", people.role_delete, name="role-delete"),
    path("settings/teams/", people.team_list, name="teams"),
    path("settings/teams/new/", people.team, name="team-new"),
    path("settings/teams/<int:pk>/", people.team, name="team"),
    path("settings/teams/<int:pk>/delete/", people.team_delete, name="team-delete"),
    path("settings/tokens/", workspace.token_list, name="tokens"),
    path("settings/tokens/<int:pk>/revoke/", workspace.token_revoke, name="token-revoke"),
]
