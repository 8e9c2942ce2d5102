"""Addresses of the registry."""

from django.urls import path

from . import views

app_name = "registry"
urlpatterns = [
    path("", views.organisation_list, name="organisations"),
    path("<str:uscc>/", views.organisation_page, name="organisation"),
]
