"""Where Asterisk's packages come from."""

from __future__ import annotations

from pbxgen.lab.debian import mirror_in


def test_the_mirror_is_read_from_both_formats_of_apt_sources() -> None:
    deb822 = "Types: deb\nURIs: https://mirror.example/debian\nSuites: bookworm\nSigned-By: /k\n"
    assert mirror_in(deb822) == "https://mirror.example/debian"
    assert mirror_in("# deb http://no.example x\ndeb [arch=amd64] http://m.example/debian stable main\n") == (
        "http://m.example/debian"
    )


def test_a_security_archive_is_no_mirror() -> None:
    text = "Types: deb\nURIs: http://security.example/debian-security\n\nTypes: deb\nURIs: http://m.example/debian\n"
    assert mirror_in(text) == "http://m.example/debian"
    assert mirror_in("deb http://security.example x main\n") is None
