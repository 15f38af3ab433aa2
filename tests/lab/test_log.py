"""What a PBX's log complains of, and whose call that is about."""

from __future__ import annotations

from pathlib import Path

from pbxgen.lab import asterisk, freeswitch
from pbxgen.lab.log import Harmless, Log

_ASTERISK = """\
[2026-11-23 08:47:21.784] Asterisk 22.10.1 built by nobody
[2026-11-23 08:47:22.033] WARNING[131] res_musiconhold.c: No music on hold classes configured, disabling music on hold.
[2026-11-23 08:47:30.100] VERBOSE[140][C-00000001] pbx.c: Executing [101@office-2.phones:1] Set("PJSIP/1", "x") in stack
[2026-11-23 08:47:30.200] VERBOSE[141][C-00000002] pbx.c: Executing [101@office-12.phones:1] Set("PJSIP/2", "x")
[2026-11-23 08:47:31.000] WARNING[140][C-00000001] app_dial.c: Unable to create channel
[2026-11-23 08:47:32.000] ERROR[199] pbx.c: Extension 101@office-12.users.1xx is there twice
[2026-11-23 08:47:33.000] ERROR[199] config.c: nobody's
"""
_FREESWITCH = """\
2026-11-23 08:55:20.1 20.00% [WARNING] switch_core_db.c:92 SQLite is BUSY, sane=299 [BEGIN EXCLUSIVE]
01481858-2a28-49ee-a858-27e33ce4e321 2026-11-23 08:55:58.2 0.00% [INFO] mod_dialplan_xml.c:648 to office-2.phones
01481858-2a28-49ee-a858-27e33ce4e321 2026-11-23 08:55:58.3 0.00% [ERR] switch_xml.c:1 no gateway
2026-11-23 08:55:59.1 20.00% [CRIT] switch_core_db.c:92 SQLite is BUSY, sane=0 [BEGIN EXCLUSIVE]
"""
_TENANTS = frozenset({"office-2", "office-12"})


def test_a_complaint_is_about_the_call_that_its_line_or_another_line_of_the_call_names(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", asterisk._LINE, {"WARNING", "ERROR"}, asterisk._HARMLESS)
    (tmp_path / "log").write_text(_ASTERISK)
    complaints = [(complaint.tenant, complaint.line.rpartition(": ")[2]) for complaint in log.complaints(_TENANTS)]
    assert complaints == [
        ("office-2", "Unable to create channel"),
        ("office-12", "Extension 101@office-12.users.1xx is there twice"),
        (None, "nobody's"),
    ]


def test_only_the_exact_message_is_harmless(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", freeswitch._LINE, freeswitch._LEVELS, freeswitch._HARMLESS)
    (tmp_path / "log").write_text(_FREESWITCH)
    complaints = [(complaint.tenant, complaint.line.partition("] ")[2]) for complaint in log.complaints(_TENANTS)]
    assert complaints == [
        ("office-2", "switch_xml.c:1 no gateway"),
        (None, "switch_core_db.c:92 SQLite is BUSY, sane=0 [BEGIN EXCLUSIVE]"),
    ]


def test_a_message_that_goes_on_after_a_harmless_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("[x] ERROR[1] a.c: fine, but not this\n")
    log = Log(tmp_path / "log", asterisk._LINE, {"ERROR"}, (Harmless("fine", "it is"),))
    assert len(log.complaints()) == 1


def test_a_notice_counts_in_a_line_about_a_call_only(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(
        "[x] NOTICE[1] loader.c: 252 modules will be loaded.\n"
        "[x] NOTICE[1][C-00000001] pbx.c: No such label 'busy' in extension '101'\n"
    )
    log = Log(tmp_path / "log", asterisk._LINE, {"ERROR"}, (), {"NOTICE"})
    assert [complaint.line.rpartition(": ")[2] for complaint in log.complaints()] == [
        "No such label 'busy' in extension '101'"
    ]
