"""Words of consent: a version that was shown is never changed."""

from __future__ import annotations

import pytest

from kechuang.web.selfservice.consent import WORDINGS, current, shown

#: The digest of each version that was ever shown. Add a line for a new version; never change one.
SHOWN = {
    ("claim", "2026-1"): "4e937e50052adb4823f5590f13e9bd84b41e4edd12afbd95d36fa7cf757356a8",
    ("figures", "2026-1"): "53e91892ed507ae83a72fc88424dcc54909dffa1e6b758bf0e2af7da7ceddc70",
    ("figures", "2026-2"): "1aba367fcff977f38c87f17ec9bf736bdef84069a3ef6da131d73640efc4ebeb",
}


def test_no_version_was_changed():
    assert {(one.purpose, one.version): one.digest for one in WORDINGS} == SHOWN


def test_the_newest_version_is_in_force_and_old_ones_can_be_shown():
    assert current("claim") == [one for one in WORDINGS if one.purpose == "claim"][-1]
    assert shown("claim", "2026-1").purpose == "claim"
    with pytest.raises(KeyError):
        shown("claim", "1999-1")
    with pytest.raises(KeyError):
        current("nothing")


def test_both_languages_say_what_why_who_and_how_long():
    for wording in WORDINGS:
        assert len(wording.points) == 4
        for zh, en in (wording.title, *wording.points):
            assert zh
            assert en
            assert zh != en
