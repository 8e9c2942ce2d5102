"""Addresses of the registry."""

from django.urls import path

from . import views, views_records

app_name = "registry"
urlpatterns = [
    path("", views.organisation_list, name="organisations"),
    path("records/", views_records.catalogue, name="catalogue"),
    path("records/<str:kind_id>/", views_records.record_list, name="records"),
    path("records/<str:kind_id>/<int:key>/", views_records.record_page, name="record"),
    path("<str:uscc>/", views.organisation_page, name="organisation"),
]
