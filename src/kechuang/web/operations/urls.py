"""Addresses of the app."""

from django.urls import path

from kechuang.web.operations import views

app_name = "operations"
urlpatterns = [path("", views.home, name="home")]
