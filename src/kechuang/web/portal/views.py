"""Pages of the portal: home, the one box, search, about."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain import queries
from kechuang.web.portal import navigation
from kechuang.web.portal.domain import finding, home, interface, search
from kechuang.web.portal.domain.hits import shown
from kechuang.web.portal.domain.sources import open_sources


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1


def _home(request: HttpRequest, error: UserError | None = None, asked: str = "") -> HttpResponse:
    release, shown_home = home.home()
    platforms = [service for service in release.pack.services if service.main]
    context = {"release": release, "home": shown_home, "error": error, "asked": asked, "platforms": platforms}
    context["measures"] = home.first_measures(release)
    context["eligibility_url"] = navigation.address("entitlements:eligibility")
    return render(request, "portal/home.html", context, status=error.status if error else 200)


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The one question, four figures, the measures, the platforms."""
    try:
        queries.current_release()
    except UserError as error:
        return render(request, "portal/empty.html", {"error": error}, status=error.status)
    return _home(request)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The one box: to what a firm can get, or to search."""
    words = request.GET.get("q", "")
    try:
        return redirect(finding.find(words).address)
    except UserError as error:
        return _home(request, error, words)


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Search over the content of the policy."""
    release = queries.current_release()
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    page = _number(request.GET.get("page"))
    results = search.search(release, words, kind, page)
    context = {"words": words, "kind": kind, "results": results, "rows": shown(release, results)}
    facets = [(name, results.kinds[name]) for name in search.KINDS if name in results.kinds]
    pages = {"number": page, "total": search.page_count(results)}
    return render(request, "portal/search.html", {**context, "facets": facets, "pages": pages})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is, where its data come from, what is generated."""
    release = queries.current_release()
    context = {"release": release, "sources": open_sources(release), "demo_on": settings.DEMO}
    return render(request, "portal/about.html", context)


@require_safe
def open_interface(request: HttpRequest) -> HttpResponse:
    """The programming interface, described for people."""
    release = queries.current_release()
    context = {"operations": interface.operations(), "origin": request.build_absolute_uri("/").rstrip("/")}
    context["measure"] = home.first_measures(release, 1)[0].id if release.pack.measures else ""
    context["chain_url"] = navigation.address("audit:heads")
    return render(request, "portal/interface.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "portal/accessibility.html")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """All pages a visitor may open, and the content pages of the pack in force."""
    release = queries.current_release()
    context = {"release": release, "menu": navigation.navigation(request, False)}
    return render(request, "portal/sitemap.html", context)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What robots may visit: content, but not the same page in every view, nor the register."""
    rules = "User-agent: *\nDisallow: /lang/\nDisallow: /view/\nDisallow: /search/\nDisallow: /enterprises/\n"
    return HttpResponse(rules, content_type="text/plain; charset=utf-8")
