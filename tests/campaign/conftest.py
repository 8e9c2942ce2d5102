"""The campaign uses the cities of the web tests."""

from tests.web.conftest import (  # noqa: F401
    _quick_passwords,
    _uncollected_static,
    chenzhou,
    chenzhou_pack,
)
