"""Addresses of the registry."""

from django.urls import path

from . import views, views_records, views_writing

app_name = "registry"
urlpatterns = [
    path("", views.organisation_list, name="organisations"),
    path("records/", views_records.catalogue, name="catalogue"),
    path("records/<str:kind_id>/", views_records.record_list, name="records"),
    path("records/<str:kind_id>/<int:key>/", views_records.record_page, name="record"),
    path("records/<str:kind_id>/new/", views_writing.new, name="new"),
    path("records/<str:kind_id>/<int:key>/edit/", views_writing.edit, name="edit"),
    path("records/<str:kind_id>/<int:key>/attribute/", views_writing.attribute, name="attribute"),
    path("records/<str:kind_id>/<int:key>/merge/", views_writing.merge, name="merge"),
    path("merges/<str:public_id>/undo/", views_writing.unmerge, name="unmerge"),
    path("<str:uscc>/", views.organisation_page, name="organisation"),
]
