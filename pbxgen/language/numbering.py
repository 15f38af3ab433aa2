"""The dialling habits of a country, from the metadata of ``phonenumbers``: how digits are read and written.

A number is read as ``phonenumbers.parse`` reads it, and written as its national format has it. What a dialplan needs
for that are a few expressions that PCRE and POSIX read alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from pbxgen.flow.digits import beginnings, by_length
from pbxgen.flow.numbering import Dropped, NumberingPlan, Writing

_INTERNATIONAL_PREFIX = {"SG": "001", "KR": "001", "CO": "009", "BR": "0015"}
"""Where the metadata only has a choice of carriers' prefixes: the best known one."""
_KINDS = ("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan")
_TRANSFORMED = re.compile(r"(?P<digits>[0-9]*)\\(?P<group>[0-9])")


@cache
def numbering(country: str) -> NumberingPlan:
    """The habits of ``country`` (ISO 3166), without an outside line."""
    import phonenumbers

    data: Any = phonenumbers.PhoneMetadata.metadata_for_region(country)
    main: Any = phonenumbers.PhoneMetadata.metadata_for_region(
        phonenumbers.region_code_for_country_code(data.country_code)
    )
    abroad = _plain(data.international_prefix)
    prefix, writings = _writings(main)
    dropped, completed = _dropped(data)
    local, before = completed or ("", "")
    kinds = dict.fromkeys(_plain(one.general_desc.national_number_pattern) for one in (data, main))
    return NumberingPlan(
        country_code=str(data.country_code),
        international_prefix=_international_prefix(country, data, abroad),
        national_prefix=prefix,
        outside_line="",
        abroad=abroad,
        whole="|".join(kinds),
        dropped=dropped,
        local=local,
        local_before=before,
        moved=_moved(data),
        like_abroad="|".join(dict.fromkeys(_like_abroad(data.country_code, abroad))),
        writings=writings,
    )


def _plain(pattern: str | None) -> str:
    """Without captures and \\d."""
    return re.sub(r"\((?!\?)", "(?:", (pattern or "").replace(r"\d", "[0-9]"))


def _like_abroad(code: int, abroad: str) -> Iterator[str]:
    """Valid numbers behind a country code that may begin like an international prefix, of any country that has it."""
    import phonenumbers

    prefixes = beginnings(abroad)
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        data: Any = phonenumbers.PhoneMetadata.metadata_for_region(region)
        general = _plain(data.general_desc.national_number_pattern)
        if not prefixes & beginnings(general):
            continue
        patterns = (one.national_number_pattern for name in _KINDS if (one := getattr(data, name)) is not None)
        for pattern in filter(None, map(_plain, patterns)):
            for length, form in by_length(pattern).items():
                of_length = beginnings(by_length(general).get(length, ""))
                if prefixes & beginnings(form) & of_length:
                    yield form


def _international_prefix(country: str, data: Any, abroad: str) -> str:
    """Digits before a foreign number; a waiting tone in them (8~10) is not dialled."""
    if country in _INTERNATIONAL_PREFIX:
        return _INTERNATIONAL_PREFIX[country]
    if data.preferred_international_prefix:
        return str(data.preferred_international_prefix).replace("~", "")
    return _first(abroad)


def _first(pattern: str) -> str:
    """The smallest text of the fewest digits that a pattern matches."""
    forms = by_length(pattern)
    form = re.compile(forms[min(forms)])
    return next(text for n in range(10 ** min(forms)) if form.fullmatch(text := str(n).zfill(min(forms))))


def _dropped(data: Any) -> tuple[tuple[Dropped, ...], tuple[str, str] | None]:
    """What reading drops from the front; local numbers, and what is put before them."""
    pattern, rule = data.national_prefix_for_parsing, data.national_prefix_transform_rule
    if not pattern or "15)?" in pattern:  # Argentina's 15 stands within the number: see _moved
        return ((Dropped("0", ""),) if pattern else ()), None
    transformed = None if rule is None else _TRANSFORMED.fullmatch(rule)
    local = re.match(r"\((?P<local>[^()]*)\)\$\|?", pattern)
    if transformed is not None and local is not None:
        rest = pattern[local.end() :]
        return _prefixes(rest), (_plain(local["local"]), transformed["digits"])
    numbers = re.fullmatch(r"(?P<prefix>[0-9]+)\((?P<numbers>.*)\)", pattern)
    if transformed is not None and transformed["group"] == "1" and numbers is not None:
        return (Dropped(numbers["prefix"], _plain(numbers["numbers"])),), None
    return _prefixes(re.sub(r"\(\\d\{[0-9,]+\}\)", "", pattern)), None


def _prefixes(pattern: str) -> tuple[Dropped, ...]:
    """The longer before the shorter, as an expression takes as much as it can."""
    if not pattern:
        return ()
    forms = by_length(_plain(pattern))
    return tuple(Dropped(forms[length], "", length) for length in sorted(forms, reverse=True) if length)


def _moved(data: Any) -> str:
    """Area codes behind which 15 says that a number is a mobile, where E.164 has a 9 before them (AR)."""
    pattern = data.national_prefix_for_parsing or ""
    if not pattern.endswith(")15)?"):
        return ""
    return _plain(pattern.removeprefix("0?(?:(").removesuffix(")15)?"))


def _writings(data: Any) -> tuple[str, tuple[Writing, ...]]:
    """The prefix of most national numbers, and the kinds that decide otherwise, the first that has a number first."""
    known = set(data.general_desc.possible_length)
    formats = [one for one in map(_writing, data.number_format) if known & set(range(one.shortest, one.longest + 1))]
    if not formats:
        return "", ()
    counted = Counter(writing.before for writing in formats if not writing.area)
    usual = max(counted, key=lambda prefix: (prefix != "", counted[prefix]))
    while formats and formats[-1].before == usual and not formats[-1].area:
        formats.pop()
    for at in reversed(range(len(formats))):
        one = formats[at]
        if one.before == usual and not one.area and not any(one.meets(other) for other in formats[at + 1 :]):
            del formats[at]
    return usual, (*formats, *_unwritten(data, usual))


def _unwritten(data: Any, usual: str) -> Iterator[Writing]:
    """Numbers that the metadata has no format for: libphonenumber writes them without a prefix."""
    kinds = (getattr(data, name) for name in _KINDS)
    for kind in kinds if usual else ():
        if kind is None or not kind.example_number:
            continue
        if not any(_writing(one).has(kind.example_number) for one in data.number_format):
            lengths = kind.possible_length or data.general_desc.possible_length
            yield Writing(_plain(kind.national_number_pattern), min(lengths), max(lengths), "")


def _writing(one: Any) -> Writing:
    lead = _plain(one.leading_digits_pattern[-1]) if one.leading_digits_pattern else ""
    written = one.format
    if one.national_prefix_formatting_rule:
        written = re.sub(
            r"\\[0-9]", lambda first: one.national_prefix_formatting_rule.replace(r"\1", first[0]), written, count=1
        )
    lengths = by_length(_plain(one.pattern))
    digits = re.sub(r"[^0-9\\]", "", written)
    before = re.match(r"[0-9]*", digits)
    groups = re.findall(r"\{([0-9]+)\}|\)(?=\()", one.pattern)
    area = int(groups[1] or 1) if re.search(r"\\2[0-9]", digits) else 0
    return Writing(lead, min(lengths), max(lengths), before.group() if before else "", area)
