"""REST API v1: each app brings a router; errors are RFC 9457 problem documents."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
