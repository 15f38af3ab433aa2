"""[TENANT.numbering]: how the country's numbers are read, and written nationally, as lines of a dialplan."""

from __future__ import annotations

from pbxgen.flow.numbering import AREA_15_NUMBER, NumberingPlan, Reading, readings


def reading(numbering: NumberingPlan) -> tuple[str, ...]:
    """E.164 of digits (ARG1), or nothing; the first form that has them decides."""
    forms = readings(numbering)
    tests = [f"n,GotoIf({_matches(form.expression)}?{at})" for at, form in enumerate(forms, len(forms) + 2)]
    return ("1" + tests[0][1:], *tests[1:], "n,Return()", *(f"n,Return({_number(form)})" for form in forms))


def _number(form: Reading) -> str:
    return "" if form.none else f"+{form.before}{_rest(form)}"


def _rest(form: Reading) -> str:
    if form.area:
        return f"${{ARG1:-{AREA_15_NUMBER}:{form.area}}}${{ARG1:-{AREA_15_NUMBER - 2 - form.area}}}"
    return f"${{ARG1:{form.drop}}}" if form.drop else "${ARG1}"


def writing(numbering: NumberingPlan) -> tuple[str, ...]:
    """The national form of digits behind the country code (ARG1), or nothing where it has none."""
    tests = [f"1,GotoIf({_matches(f'({numbering.whole})$')}?:none)"]
    forms = [f"n,Set(LOCAL(number)={numbering.national_prefix}${{ARG1}})"]
    for at, one in enumerate(numbering.writings, 1):
        length = f"${{LEN(${{ARG1}})}} >= {one.shortest} & ${{LEN(${{ARG1}})}} <= {one.longest}"
        tests.append(f"n,GotoIf($[{_matches(one.lead)} & {length}]?w{at})")
        digits = f"${{ARG1:1:{one.area}}}15${{ARG1:{1 + one.area}}}" if one.area else "${ARG1}"
        forms += ["n,Goto(written)", f"n(w{at}),Set(LOCAL(number)={one.before}{digits})"]
    # One that begins like an international prefix would be a call abroad.
    abroad = _matches(numbering.abroad).replace("ARG1", "number")
    return (*tests, *forms, f"n(written),GotoIf({abroad}?none)", "n,Return(${number})", "n(none),Return()")


def _matches(form: str) -> str:
    """Does ARG1 begin with it? A bracket stands before what is looked at, and POSIX knows groups that capture only."""
    anchored = form if form.startswith("(") or "|" not in form else f"({form})"
    return f'${{REGEX("^.{anchored.replace("(?:", "(")}" (${{ARG1}})}}'
