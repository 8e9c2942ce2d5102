"""Addresses of the app."""

from django.urls import path

from kechuang.web.laboratory import views

app_name = "laboratory"
urlpatterns = [
    path("", views.home, name="home"),
    path("draft/", views.draft, name="draft"),
    path("<str:public_id>/", views.trial, name="trial"),
    path("<str:public_id>/cancel/", views.cancel, name="cancel"),
    path("<str:public_id>/share/", views.share, name="share"),
    path("<str:public_id>/delete/", views.delete, name="delete"),
    path("<str:public_id>/note.docx", views.note, name="note"),
    path("<str:public_id>/rows.csv", views.rows, name="rows"),
    path("<str:public_id>/figures/<slug:figure>.csv", views.figure, name="figure"),
]
