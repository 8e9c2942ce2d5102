"""Addresses of the app."""

from django.urls import path

from kechuang.web.library import views, views_review

app_name = "library"
urlpatterns = [
    path("", views.documents, name="documents"),
    path("upload/", views.upload_files, name="upload"),
    path("compare/", views.compare, name="compare"),
    path("<slug:public_id>/", views.document, name="document"),
    path("<slug:public_id>/show-to/", views.show_to, name="show_to"),
    path("<slug:public_id>/new-edition/", views.new_edition, name="new_edition"),
    path("<slug:public_id>/changes/", views.changes, name="changes"),
    path("<slug:public_id>/export/", views_review.export, name="export"),
    path("<slug:public_id>/review/", views_review.page, name="review"),
    path("<slug:public_id>/items/add/", views_review.add, name="add"),
    path("<slug:public_id>/items/<int:item_id>/act/", views_review.act, name="act"),
    path("<slug:public_id>/items/<int:item_id>/edit/", views_review.edit, name="edit"),
    path("<slug:public_id>/items/<int:item_id>/divide/", views_review.divide, name="divide"),
    path("<slug:public_id>/items/<int:item_id>/try/", views.try_item, name="try"),
]
