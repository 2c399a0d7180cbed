"""`manage.py credentials`: keys of the API. A key is printed once."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inventory.models import Location
from inventory.places import Channel
from retail.channels import use_channel
from retail.staff.keys import KeyNeedsPlace, create_key, revoke_key
from retail.staff.models import ApiKey, Scope

CHANNEL_OF = {
    Scope.SHOP: Channel.WEBSHOP,
    Scope.TILL: Channel.POS,
    Scope.STORE: Channel.POS,
    Scope.OFFICE: Channel.WEBSHOP,
}


class Command(BaseCommand):
    help = "Make, list and revoke keys of the API."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        create = acts.add_parser("create", help="make a key and print it once")
        create.add_argument("--scope", choices=Scope.values, required=True)
        create.add_argument("--location", metavar="CODE")
        create.add_argument("--name", default="", metavar="N")
        create.add_argument("--json", action="store_true")
        listed = acts.add_parser("list", help="which keys there are")
        listed.add_argument("--json", action="store_true")
        revoke = acts.add_parser("revoke", help="make a key worthless")
        revoke.add_argument("prefix")
        revoke.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['act']}")(options)

    def do_create(self, options: dict[str, Any]) -> None:
        scope = Scope(options["scope"])
        channel = CHANNEL_OF[scope]
        if options["location"]:
            place = location(options["location"])
            if scope in {Scope.STORE, Scope.TILL}:
                channel = Channel(place.channel)
        try:
            row, key = create_key(
                scope=scope,
                channel=channel,
                location_code=options["location"],
                name=options["name"] or scope.value,
            )
        except KeyNeedsPlace as refusal:
            raise CommandError(
                f"a key of scope {scope.value} needs --location CODE"
            ) from refusal
        if options["json"]:
            self.stdout.write(json.dumps({"key": key, **told(row)}))
            return
        self.stdout.write(key)
        self.stderr.write("Keep it: it is shown here and never again.")

    def do_list(self, options: dict[str, Any]) -> None:
        found = [told(each) for each in ApiKey.objects.order_by("created_at")]
        if options["json"]:
            self.stdout.write(json.dumps({"results": found}))
            return
        for each in found:
            state = "revoked" if each["revoked_at"] else "lives"
            self.stdout.write(
                f"{each['prefix']}  {each['scope']:<6} {each['location'] or '-':<6}"
                f" {state:<8} {each['name']}"
            )

    def do_revoke(self, options: dict[str, Any]) -> None:
        key = ApiKey.objects.filter(prefix=options["prefix"]).first()
        if key is None:
            raise CommandError(f"no key begins with {options['prefix']}")
        revoke_key(key)
        if options["json"]:
            self.stdout.write(json.dumps(told(key)))


def location(code: str) -> Location:
    """Master data: the same in every open database, so either channel may be asked."""
    with use_channel(Channel.WEBSHOP):
        found = Location.objects.filter(code=code).first()
    if found is None:
        raise CommandError(f"there is no location {code}")
    return found


def told(key: ApiKey) -> dict[str, Any]:
    return {
        "prefix": key.prefix,
        "scope": key.scope,
        "channel": key.channel,
        "location": key.location_code,
        "name": key.name,
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }
