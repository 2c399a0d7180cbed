"""Addresses of our own site, for somebody who came to it by another name."""

from django.conf import settings

__all__ = ["same_site"]


def same_site(url: str) -> str:
    """Where to lead a visitor: without `SITE_URL` where the address is ours, so that who
    came by 127.0.0.1 or a tablet's name for the house stays signed in, and the page's
    rules for forms let them go there. Somebody else's address is as it was."""
    ours = settings.SITE_URL + "/"
    return "/" + url.removeprefix(ours) if url.startswith(ours) else url
