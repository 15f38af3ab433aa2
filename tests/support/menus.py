"""Services of tests that send a call on into the plan, as an administrator writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan
from pbxgen.targets.base import GeneratedFile, Options, Target


@dataclass
class WrittenByHand:
    """A target whose services each send their calls on to a number, or (those that are not named) are not there."""

    whole: Target
    to: Mapping[str, str]
    """By service: ``NUMBER`` or, of another tenant's, ``NUMBER@TENANT``."""

    @property
    def name(self) -> str:
        return self.whole.name

    def limits(self, plan: Plan, options: Options) -> list[Diagnostic]:
        return self.whole.limits(plan, options)

    def refused_secrets(self, plan: Plan, options: Options) -> list[Diagnostic]:
        return self.whole.refused_secrets(plan, options)

    def render(self, plans: tuple[Plan, ...], options: Options) -> tuple[GeneratedFile, ...]:
        return self.whole.render(plans, options)

    def stubs(self, plans: tuple[Plan, ...]) -> tuple[GeneratedFile, ...]:
        if not self.to:
            return ()
        menus = [(f"{plan.name}.service.{name}", *_place(plan, to)) for plan in plans for name, to in self.to.items()]
        if self.name == "asterisk":
            text = "".join(
                f"[{menu}]\nexten => s,1,Goto({tenant}.continue,{number},1)\n" for menu, number, tenant in menus
            )
            return (GeneratedFile("extensions_local.conf", text),)
        contexts = "".join(
            f'<context name="{menu}">\n<extension name="menu">\n<condition>\n'
            f'<action application="transfer" data="{number} XML {tenant}.continue"/>\n'
            "</condition>\n</extension>\n</context>\n"
            for menu, number, tenant in menus
        )
        return (GeneratedFile("dialplan/local/menus.xml", f"<include>\n{contexts}</include>\n"),)


def _place(plan: Plan, to: str) -> tuple[str, str]:
    number, _, tenant = to.partition("@")
    return number, tenant or plan.name
