"""Addresses of the app."""

from django.urls import path

from kechuang.web.core import views

app_name = "core"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("files/<str:public_id>/", views.download, name="download"),
]
