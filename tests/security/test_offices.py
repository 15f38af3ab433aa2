"""What the attacked offices are: where two users shared a password, a good login would look like a break-in."""

from __future__ import annotations

from pathlib import Path

from tests.security.fuzz import offices
from tests.security.offices import office
from tests.support.calls import plan_of


def test_no_two_users_of_attacked_offices_have_the_same_password(tmp_path: Path) -> None:
    pairs = offices("127.0.0.2:5080", "127.0.0.3:5080"), (office("127.0.0.2:5080"), office("127.0.0.3:5080", "beta"))
    for number, sources in enumerate(pairs):
        known: list[str] = []
        for name, text in zip("ab", sources, strict=True):
            path = tmp_path / f"{number}{name}.yaml"
            path.write_text(text, encoding="utf-8")
            plan = plan_of(path)
            known += [holder.password.value for holder in (*plan.users.values(), *plan.trunks.values())]  # type: ignore[union-attr]
        assert len(set(known)) == len(known) == 10
