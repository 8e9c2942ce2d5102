"""Addresses of the app. Those of allauth stand in ``login_urls``: its views want names without a namespace."""

from django.urls import path

from kechuang.web.accounts import views, views_delegations, views_logins, views_oidc, views_tokens

app_name = "accounts"
urlpatterns = [
    path("", views.home, name="home"),
    path("demo/<slug:key>/", views.become, name="become"),
    path("stay/", views.stay, name="stay"),
    path("discard/", views.discard, name="discard"),
    path("tokens/", views_tokens.tokens, name="tokens"),
    path("tokens/<slug:public_id>/revoke/", views_tokens.revoke, name="revoke"),
    path("who-may/", views.who_may, name="who_may"),
    path("who-may/table.csv", views.who_may_csv, name="who_may_csv"),
    path("logins/", views_logins.logins, name="logins"),
    path("logins/all/", views_logins.all_logins, name="all_logins"),
    path("delegations/", views_delegations.delegations, name="delegations"),
    path("delegations/all/", views_delegations.all_delegations, name="all_delegations"),
    path("delegations/finish/", views_delegations.finish, name="delegation_finish"),
    path("delegations/<slug:public_id>/", views_delegations.act, name="delegation_act"),
    path("oidc/start/", views_oidc.start, name="oidc_start"),
    path("oidc/callback/", views_oidc.callback, name="oidc_callback"),
    path("oidc/link/", views_oidc.link, name="oidc_link"),
    path("oidc/unlink/", views_oidc.unlink, name="oidc_unlink"),
    path("oidc/left/", views_oidc.left, name="oidc_left"),
    path("people/<int:pk>/unlink/", views_oidc.unlink_other, name="unlink"),
    path("people/<int:pk>/end/", views_logins.end, name="end"),
    path("people/", views.people, name="people"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/roles/<int:grant>/take/", views.take, name="take"),
    path("people/<int:pk>/active/", views.activate, name="activate"),
]
