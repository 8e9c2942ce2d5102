"""Addresses of the app."""

from django.urls import path

from kechuang.web.portal import preferences, views, views_items, views_reading

app_name = "portal"
urlpatterns = [
    path("", views.front, name="home"),
    path("find/", views.find, name="find"),
    path("search/", views.search_page, name="search"),
    path("read/", views_reading.read, name="reading"),
    path("tasks/", views_items.tasks, name="tasks"),
    path("tasks/<str:item_id>/", views_items.task, name="task"),
    path("services/", views_items.services, name="services"),
    path("services/<str:item_id>/", views_items.service, name="service"),
    path("industries/", views_items.industries, name="industries"),
    path("industries/<str:item_id>/", views_items.industry, name="industry"),
    path("about/", views.about, name="about"),
    path("open/", views.open_interface, name="interface"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("sitemap/", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("lang/<slug:code>/", preferences.language, name="language"),
    path("view/<slug:mode>/", preferences.view, name="view"),
]
