"""Compile users for the plan."""

from __future__ import annotations

from pbxgen.diagnostics.location import Location
from pbxgen.flow import plan
from pbxgen.flow.endpoint import PhoneSettings, RawSetting
from pbxgen.language.context import Context
from pbxgen.language.directory import read_number
from pbxgen.language.findings import Findings
from pbxgen.language.model_base import many
from pbxgen.language.model_sections import WITHHELD, User, Voicemail
from pbxgen.language.phones import common_settings, own_settings
from pbxgen.language.positions import at, each, items, key_of
from pbxgen.language.raw_settings import over, raw_settings
from pbxgen.language.resolve import Rights, merge
from pbxgen.language.rules import KEYS, RETURN_KEYS, WrittenDeviations
from pbxgen.language.secrets import declared
from pbxgen.language.self_service import ProfileNames
from pbxgen.language.trunks_and_routes import trunk_names
from pbxgen.language.unresolved import NONE, WrittenDestination, long_ring
from pbxgen.language.validate import Draft
from pbxgen.source.tree import Node


def mailboxes(draft: Draft) -> frozenset[str]:
    """Extensions that have a mailbox, or whose `voicemail` is wrong in itself."""
    extensions = set()
    for extension in draft.names.get("users", {}):
        user = draft.source.users.get(extension)
        if (
            user is None
            or draft.is_broken("users", extension, "voicemail")
            or (user.voicemail is None and draft.is_broken("defaults", "voicemail"))
            or (draft.source.defaults.voicemail if user.voicemail is None else user.voicemail)
        ):
            extensions.add(extension)
    return frozenset(extensions)


def compile_users(
    context: Context,
    classes: dict[str, frozenset[str]],
    policies: dict[str, WrittenDeviations],
    profiles: ProfileNames,
) -> dict[str, plan.User]:
    tree = context.draft.node("users")
    compiler = _UserCompiler(context, classes, policies, profiles)
    users = {
        extension: compiler.user(extension, user, at(tree, extension), key_of(tree, extension))
        for extension, user in context.draft.source.users.items()
    }
    context.resolver.report()
    return users


def _shown(user: User, node: Node, context: Context, dids: tuple[str, ...], findings: Findings) -> str | None:
    """The number that calls show; one that is withheld is still there for emergency calls."""
    if user.caller_id is not None and user.caller_id != WITHHELD:
        return read_number(user.caller_id, at(node, "caller_id"), context.numbers, findings)
    return dids[0] if dids else None


class _UserCompiler:
    def __init__(
        self,
        context: Context,
        classes: dict[str, frozenset[str]],
        policies: dict[str, WrittenDeviations],
        profiles: ProfileNames,
    ) -> None:
        self.context = context
        self.classes = classes
        self.policies = policies
        self.profiles = profiles
        self.route_tuples: dict[frozenset[str], tuple[str, ...]] = {}
        phones = context.draft.source.phones
        self.common_phone = common_settings(phones, context.draft.node("phones"), context.findings)
        self.common_options = raw_settings(phones.options, context.draft.node("phones", "options"))
        defaults = context.draft.node("defaults", "class")
        name = context.draft.source.defaults.class_
        if name is not None:
            context.names.use("classes", name, defaults.location, context.findings)

    def user(self, extension: str, user: User, node: Node, location: Location) -> plan.User:
        context, defaults = self.context, self.context.draft.source.defaults
        findings = context.findings.about(("user", extension))
        long_ring(user.ring_timeout, node, "ring_timeout", findings)
        mobile = None
        if user.mobile is not None:
            mobile = read_number(user.mobile, at(node, "mobile"), context.numbers, findings)
        mailbox = self._mailbox(extension, user, node, location, findings)
        rights = self._rights(extension, user, node, location, mobile, mailbox is not None, findings)
        dids = context.directory.user_dids.get(extension, ())
        password = None
        if user.password is not None:
            password = declared(user.password, at(node, "password"), findings)
        says = "self_service" in user.model_fields_set
        where = at(node, "self_service").location if says else location
        profile = self.profiles.of(user.self_service, says=says, location=where, findings=findings)
        return plan.User(
            extension=extension,
            name=extension if user.name is None else user.name,
            location=location,
            dids=dids,
            mobile=mobile,
            mailbox=mailbox,
            routes=None if rights.routes is None else self._in_order(rights.routes),
            ring_timeout=defaults.ring_timeout if user.ring_timeout is None else user.ring_timeout,
            call_waiting=defaults.call_waiting if user.call_waiting is None else user.call_waiting,
            dnd=user.dnd,
            deviations=self._deviations(extension, user, node, rights, findings),
            follow_me=self._follow_me(user, node, rights, findings),
            password=password,
            options=self._options(user, node),
            phone=self._phone(extension, user, node, findings),
            own_number=_shown(user, node, context, dids, findings),
            withheld=user.caller_id == WITHHELD,
            pickup=tuple(dict.fromkeys(many(user.pickup))),
            self_service=profile,
            trunks=rights.trunks,
            own_mobile=None if profile is None else self._own_mobile(mobile, rights, location),
        )

    def _options(self, user: User, node: Node) -> tuple[RawSetting, ...]:
        if user.phone is None:
            return self.common_options
        own = raw_settings(user.phone.options, at(node, "phone", "options"))
        return over(own, self.common_options) if own else self.common_options

    def _phone(self, extension: str, user: User, node: Node, findings: Findings) -> PhoneSettings:
        if user.phone is None:
            return self.common_phone
        return own_settings(extension, user.phone, at(node, "phone"), self.common_phone, findings)

    def _own_mobile(self, mobile: str | None, rights: Rights, location: Location) -> plan.Place | None:
        """The mobile as a place that a setting may lead to."""
        if mobile is None:
            return None
        written, problems = self.context.destinations.outside(mobile, mobile, location, NONE)
        if problems or written is None or written.route is None or written.route not in (rights.routes or ()):
            return None
        return None if written.place is None else rights.over_own_trunks(written.place)

    def _mailbox(
        self, extension: str, user: User, node: Node, location: Location, findings: Findings
    ) -> plan.Mailbox | None:
        voicemail = user.voicemail
        if isinstance(voicemail, Voicemail):
            inner = at(node, "voicemail")
            pin = voicemail.pin
            secret = None
            if pin is not None:
                secret = declared(pin, at(inner, "pin"), findings, pin=True)
            return plan.Mailbox(secret, voicemail.email, key_of(node, "voicemail"))
        if self.context.draft.source.defaults.voicemail if voicemail is None else voicemail:
            return plan.Mailbox(None, None, location if voicemail is None else key_of(node, "voicemail"))
        return None

    def _rights(
        self,
        extension: str,
        user: User,
        node: Node,
        location: Location,
        mobile: str | None,
        mailbox: bool,
        findings: Findings,
    ) -> Rights:
        draft = self.context.draft
        undecided_keys = set()
        if (mobile is None and user.mobile is not None) or draft.is_broken("users", extension, "mobile"):
            undecided_keys.add("mobile")
        name = user.class_ if "class_" in user.model_fields_set else draft.source.defaults.class_
        if "class_" in user.model_fields_set and name is not None:
            self.context.names.use("classes", name, at(node, "class").location, findings)
        broken = (
            not self.context.names.complete
            or draft.is_broken("users", extension, "class")
            or draft.is_broken("defaults", "class")
        )
        if broken or (name is not None and (name not in self.classes or draft.is_incomplete("classes", name))):
            undecided_keys.add("class")
        return Rights(
            extension=extension,
            location=location,
            mailbox=mailbox or extension in self.context.destinations.mailboxes,
            mobile=mobile,
            class_name=name,
            routes=None if name is None else self.classes.get(name, frozenset()),
            trunks=()
            if user.trunk is None
            else trunk_names(user.trunk, at(node, "trunk"), self.context.names, findings),
            undecided_keys=frozenset(undecided_keys),
        )

    def _in_order(self, routes: frozenset[str]) -> tuple[str, ...]:
        if routes not in self.route_tuples:
            self.route_tuples[routes] = tuple(r for r in self.context.draft.source.routes if r in routes)
        return self.route_tuples[routes]

    def _deviations(
        self, extension: str, user: User, node: Node, rights: Rights, findings: Findings
    ) -> plan.Deviations:
        policies = []
        if user.policy:
            for name, item in each(user.policy, at(node, "policy")):
                if self.context.names.use("policies", name, item.location, findings) and name in self.policies:
                    policies.append((name, self.policies[name]))
        own: WrittenDeviations = {}
        if user.deviations is not None:
            own = self.context.rules.deviations(user.deviations, at(node, "deviations"), findings)
        hidden = self._hidden(extension) if self.context.draft.broken else frozenset()
        if not policies and not own:
            return _NO_DEVIATIONS
        return self.context.resolver.deviations(merge(policies, own, hidden), rights)

    def _hidden(self, extension: str) -> frozenset[str]:
        """Keys whose own value is wrong: the policy's must not be judged in their place."""
        draft = self.context.draft
        path = ("users", extension, "deviations")
        keys = {key for key in KEYS if draft.is_broken(*path, key)}
        keys |= {f"return_{key}" for key in RETURN_KEYS if draft.is_broken(*path, "operator_return", key)}
        return frozenset(keys)

    def _follow_me(self, user: User, node: Node, rights: Rights, findings: Findings) -> tuple[plan.Leg, ...]:
        if not user.follow_me:
            return ()
        written: list[tuple[WrittenDestination, int]] = []
        for leg, item in zip(user.follow_me, items(at(node, "follow_me")), strict=True):
            delay = 0 if isinstance(leg, str) else leg.delay
            written += [(destination, delay) for destination in self.context.destinations.read(leg, item, findings)]
        return self.context.resolver.legs(tuple(written), rights)


_NO_DEVIATIONS = plan.Deviations()
