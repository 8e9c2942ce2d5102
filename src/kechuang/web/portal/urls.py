"""Addresses of the app."""

from django.urls import path

from kechuang.web.portal import preferences, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("lang/<slug:code>/", preferences.language, name="language"),
    path("view/<slug:mode>/", preferences.view, name="view"),
]
