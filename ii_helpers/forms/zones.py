"""Time zones as people name them: by a city, a state or a country."""

from __future__ import annotations

import difflib
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

# Where people say they are, of the places after which no zone is called.
_PLACES = {
    "America/New_York": """eastern, eastern time, est, edt, boston, philadelphia, washington,
        washington dc, atlanta, miami, orlando, tampa, baltimore, pittsburgh, cleveland, columbus,
        charlotte, raleigh, connecticut, delaware, florida, georgia, indiana, kentucky, maine,
        maryland, massachusetts, michigan, new hampshire, new jersey, north carolina, ohio,
        pennsylvania, rhode island, south carolina, tennessee, vermont, virginia, west virginia""",
    "America/Chicago": """central, central time, cst, cdt, houston, dallas, austin, san antonio,
        fort worth, minneapolis, milwaukee, st. louis, kansas city, nashville, memphis, new orleans,
        alabama, arkansas, illinois, iowa, kansas, louisiana, minnesota, mississippi, missouri,
        nebraska, north dakota, oklahoma, south dakota, texas, wisconsin, tennessee, florida,
        indiana, kentucky""",
    "America/Denver": """mountain, mountain time, mst, mdt, el paso, salt lake city, albuquerque,
        colorado, montana, new mexico, utah, wyoming, idaho, kansas, nebraska, north dakota,
        south dakota, texas""",
    "America/Phoenix": "arizona, tucson",
    "America/Los_Angeles": """pacific, pacific time, pst, pdt, la, san francisco, san diego,
        san jose, sacramento, seattle, portland, las vegas, california, nevada, oregon, washington,
        idaho""",
    "America/Anchorage": "alaska",
    "Pacific/Honolulu": "hawaii",
    "America/Toronto": "ottawa, montreal, ontario, quebec",
    "Asia/Kolkata": "mumbai, delhi, new delhi, bangalore, bengaluru, chennai, hyderabad, pune",
    "Asia/Shanghai": "beijing, shenzhen, guangzhou",
    "Europe/Berlin": "hamburg, munich, frankfurt, cologne",
    "Europe/London": "england, scotland, wales, uk, united kingdom, manchester, edinburgh",
}


@cache
def zone_names() -> tuple[str, ...]:
    """The zones a person would choose from: Region/City."""
    skip = ("Etc/", "SystemV/", "US/", "posix", "right")
    return tuple(sorted(z for z in available_timezones() if "/" in z and not z.startswith(skip)))


def find_zone(typed: str) -> str:
    """Return the zone a person means by a city, such as "new york", or by another place that has
    but one; else what they typed."""
    wanted = typed.strip().replace(" ", "_").lower()
    for name in zone_names():
        if wanted and wanted in (name.lower(), name.rsplit("/", 1)[-1].lower()):
            return name
    of_place = _zones_of(typed) if wanted else []
    return of_place[0] if len(of_place) == 1 else typed.strip()


def zones_near(typed: str) -> list[str]:
    """Return up to four zones that a person may mean; none when there is no guess."""
    if found := _zones_of(typed):
        return found[:4]
    cities = {name.rpartition("/")[2].lower().replace("_", " "): name for name in zone_names()}
    known = {**{place: zones[0] for place, zones in _zones_of_places().items()}, **cities}
    near = difflib.get_close_matches(typed.strip().lower(), known, n=2, cutoff=0.8)
    return list(dict.fromkeys(known[one] for one in near))


def _zones_of(typed: str) -> list[str]:
    """The zones of a place, also of one in a state: "Houston, Texas"."""
    places, typed = _zones_of_places(), " ".join(typed.lower().split())
    parts = [typed, *(part.strip() for part in typed.split(","))]
    return next((places[part] for part in parts if part in places), [])


@cache
def _zones_of_places() -> dict[str, list[str]]:
    """Place or country, in small letters -> its zones."""
    found: dict[str, list[str]] = {}
    for zone, places in _PLACES.items():
        for place in " ".join(places.split()).split(", "):
            found.setdefault(place, []).append(zone)
    countries = {code: name.lower() for code, name in _rows("iso3166.tab")}
    for code, _, zone, *_ in _rows("zone.tab"):
        found.setdefault(countries[code], []).append(zone)
    return found


def _rows(name: str) -> list[list[str]]:
    """A table of the time zone database, which comes with its zones."""
    text = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
