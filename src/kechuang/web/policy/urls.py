"""Addresses of the app."""

from django.urls import path

from kechuang.web.policy import views

app_name = "policy"
urlpatterns = [
    path("", views.documents, name="documents"),
    path("on-day/", views.on_day, name="on_day"),
    path("releases/", views.releases, name="releases"),
    path("releases/<slug:digest>/", views.release, name="release"),
    path("<slug:document_id>/", views.document, name="document"),
    path("<slug:document_id>/attach/", views.attach_text, name="attach"),
    path("<slug:document_id>/<str:clause_id>/", views.clause, name="clause"),
]
