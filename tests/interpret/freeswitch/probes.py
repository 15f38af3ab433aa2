"""Questions about FreeSWITCH's dialplan, for a real one and for the interpreter: contexts that end in a log."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

SET = {
    "pbx_a": "alpha",
    "pbx_n": "42",
    "pbx_name": "pbx_a",
    "pbx_plus": "+390212345101",
    "pbx_quote": "it's",
    "pbx_spaces": "a  b",
    "pbx_facts": ",external,s.office,c.vip,",
    "pbx_list": "sofia/x,sofia/y",
}
"""What every question's channel has."""

_VARIABLES = r"""
${pbx_a}
x${pbx_a}y${pbx_n}z
${pbx_a}${pbx_n}
${pbx_missing}|
${pbx_missing}${pbx_a}
${PBX_A}
${${pbx_name}}
${pbx_a:1}
${pbx_a:1:2}
${pbx_a:0:3}
${pbx_a:-2}
${pbx_a:-2:1}
${pbx_a:9}|
${pbx_a:5}|
${pbx_a:0:9}
${pbx_n:-9}
\${pbx_a}
\\${pbx_a}
\\\${pbx_a}
a\\b
a\\\\b ${pbx_n}
\s${pbx_a}
\d${pbx_a}
$ ${pbx_a}
5$ and ${pbx_n}
${pbx_a}$
${pbx_a}$x
${pbx_a}\\x
${pbx_a}\$x
${pbx_quote}
${pbx_spaces}|
{${pbx_a}}
(${pbx_a})
${pbx_a}}
%{pbx_a}
$1
"""
_FUNCTIONS = r"""
${cond(3 < 5 ? yes : no)}
${cond(5 < 3 ? yes : no)}
${cond(3 <= 3 ? yes : no)}
${cond(3 >= 4 ? yes : no)}
${cond(07 < 8 ? yes : no)}
${cond(-3 < 2 ? yes : no)}
${cond(2.5 < 2.45 ? yes : no)}
${cond(${pbx_a} < 6 ? yes : no)}
${cond(${pbx_a} > 4 ? yes : no)}
${cond(${pbx_n} > 41 ? ${pbx_n} : no)}
${cond(20261123 <= 20261124 ? yes : no)}
${expr(3+4)}
${expr(3-4)}
${expr(10-3-2)}
${expr(0+0)}
${expr(007+1)}
${expr(100+20)}
${expr(${pbx_n}-1)}
${expr(1795424400+30)}
${expr(-2+1)}
${regex(+390212345101|^\+39(.+)$|0039%1)}
${regex(+49301|^\+39(.+)$|0039%1)}
${regex(abc|b)}
${regex( abc |^a)}
${expr( 3+4 )}
${regex(abc|B)}
${regex(abc|^(a)(x)?(b)|%1-%2-%3)}
${regex(abc|^(a)(x)?b|%1-%2-%3)}
${regex(12|^(\d)(\d)$|%2%1)}
${regex(12|^(\d)(\d)$|x%0x)}
${regex(m:~a.b~^a\.(b)$~%1%1)}
${regex(${regex(${pbx_plus}|^\+39(.+)$|0%1)}|^\+(.+)$|00%1)}
${regex(${regex(+4930|^\+39(.+)$|0%1)}|^\+(.+)$|00%1)}
${regex(a'b|a|x)}
${regex( a |a|<%0>)}
${replace(a.b.c|.|-)}
${replace(aaa|aa|b)}
${replace(m:~${pbx_list}~sofia/~[^^!a=b c!d=<e>;f]sofia/)}
${replace(m:~${pbx_a}~l~L)}
${user_data(101@calls:acme var pbx)}
${user_data(101@CALLS:ACME var PBX)}
${user_data(OPERATOR:reception@calls:acme var pbx)}
${user_data(999@calls:acme var pbx)}|
${user_data(101@calls:nobody var pbx)}|
${user_data(101@calls:acme var nothing)}|
${user_data(100@pbx.acme.example var effective_caller_id_name)}
${user_data(100@pbx.acme.example var user_context)}
${limit_usage(hash acme 101)}
${uuid_getvar(${uuid} pbx_a)}
${uuid_getvar(${uuid} PBX_A)}
${uuid_getvar(${uuid} sip_i_diversion)}
${file_exists(/nowhere/at/all.wav)}
${vm_prefs(default/100@pbx.acme.example|greeting_path)}|
${acl(192.0.2.1 192.0.2.0/24)}
${acl(192.0.2.1 192.0.2.1/32)}
${acl(192.0.3.1 192.0.2.0/24,192.0.3.1/32)}
${acl(192.0.4.1 192.0.2.0/24,192.0.3.1/32)}
${acl(2001:db8::1 2001:db8::/32)}
${acl(2001:db9::1 2001:db8::/32)}
${strftime_tz(Europe/Rome %Y-%m-%d %u)}
${strftime_tz(Asia/Tokyo %Y-%m-%d %u %H)}
${strftime_tz(America/New_York %Y-%m-%d %H)}
${strftime_tz(Pacific/Auckland %Y-%m-%d %u)}
"""


def _extension(*conditions: str, goes_on: bool = False) -> str:
    return f'<extension continue="{str(goes_on).lower()}">{"".join(conditions)}</extension>'


def _if(field: str, expression: str, *actions: str, stop: str = "on-false") -> str:
    tested = f"field={quoteattr(field)} expression={quoteattr(expression)}"
    return f'<condition {tested} break="{stop}">{"".join(actions)}</condition>'


def _do(*actions: str) -> str:
    return f"<condition>{''.join(actions)}</condition>"


def _any(*tests: tuple[str, str], then: tuple[str, ...]) -> str:
    written = [f"<regex field={quoteattr(field)} expression={quoteattr(expression)}/>" for field, expression in tests]
    return f'<condition regex="any">{"".join(written)}{"".join(then)}</condition>'


def _run(application: str, data: str, *, inline: bool = False, anti: bool = False) -> str:
    tag = "anti-action" if anti else "action"
    return f'<{tag} application="{application}" data={quoteattr(data)} inline="{str(inline).lower()}"/>'


def _say(text: str, *, anti: bool = False) -> str:
    return _run("log", f"INFO CONTEXT ={text}=", anti=anti)


def _mark(letter: str, *, inline: bool = True, anti: bool = False) -> str:
    return _run("set", f"pbx_t=${{pbx_t}}{letter}", inline=inline, anti=anti)


_RULES = r" rules=(?:[^ |]*\|)*?(?:([^ |/]+)/(?=[^#]*#.*,\1,))*(?:(\d+)~)?([^ |/~]+)[ |]"
_SAY_MARKS = _extension(_do(_say("${pbx_t}|")))
_TOLD = (_say("holds"), _say("does not hold", anti=True))
_HUNTS = {
    "plain set is not seen by conditions": _extension(_do(_mark("a", inline=False)), goes_on=True)
    + _extension(_if("${pbx_t}", "^a$", _say("seen"), _say("not seen, then ${pbx_t}", anti=True))),
    "inline set is": _extension(_do(_mark("a")), goes_on=True) + _extension(_if("${pbx_t}", "^a$", *_TOLD)),
    "on-false is the default": _extension(_if("${pbx_a}", "^x"), _do(_mark("a"))) + _SAY_MARKS,
    "never goes on": _extension(_if("${pbx_a}", "^x", _mark("a"), stop="never"), _do(_mark("b"), _say("${pbx_t}"))),
    "on-true stops, and the extension is the one": _extension(
        _if("${pbx_a}", "^al", _mark("a"), _say("${pbx_t}"), stop="on-true"), _do(_mark("b"))
    )
    + _SAY_MARKS,
    "on-true goes on where it does not hold": _extension(
        _if("${pbx_a}", "^x", _mark("a"), stop="on-true"), _do(_mark("b")), goes_on=True
    )
    + _SAY_MARKS,
    "always stops": _extension(_if("${pbx_a}", "^al", _mark("a"), stop="always"), _do(_mark("b")), goes_on=True)
    + _SAY_MARKS,
    "an anti-action makes the extension the one": _extension(
        _if("${pbx_a}", "^x", _mark("a", anti=True), _say("${pbx_t}", anti=True))
    )
    + _SAY_MARKS,
    "a failed condition without actions does not": _extension(_if("${pbx_a}", "^x"), _do(_mark("a"))) + _SAY_MARKS,
    "the last condition decides": _extension(_do(_mark("a")), _if("${pbx_a}", "^x", stop="never")) + _SAY_MARKS,
    "what is collected runs, whichever extension is found": _extension(
        _do(_mark("a", inline=False)), _if("${pbx_a}", "^x")
    )
    + _SAY_MARKS,
    "any of several": _extension(_any(("${pbx_a}", "^x"), ("${pbx_a}", "^al(p)"), then=_TOLD)),
    "none of several": _extension(_any(("${pbx_a}", "^x"), ("${pbx_n}", "^(y)"), then=_TOLD)),
    "brackets": _extension(_if("${pbx_plus}", r"^\+(39)(x)?(02)", _say("$1-$2-$3-$4-$0"))),
    "brackets up to the last that took part": _extension(_if("${pbx_plus}", r"^\+(39)(02)(x)?", _say("$1-$2-$3"))),
    "ten brackets": _extension(_if("${pbx_a}bcdefg", "^" + "(.)" * 10, _say("$10 $1 $2"))),
    "no brackets, no numbers": _extension(_if("${pbx_a}", "^al", _say("a $1 b"))),
    "brackets and an anti-action": _extension(_if("${pbx_a}", "^(x)", _say("a $1 b", anti=True))),
    "dollars beside numbers": _extension(_if("${pbx_a}", "^(al)", _say("$1 ${pbx_n}$1 $ $x"))),
    "a variable in the expression": _extension(_if("alpha ${pbx_a}", "^(.*) ${pbx_a}$", _say("$1"))),
    "a plus in the expression": _extension(_if("x${pbx_plus}", "^x${pbx_plus}$", *_TOLD)),
    "back references": _extension(_if("${pbx_plus}#${pbx_plus}", r"^([^#]+)#\1$", *_TOLD)),
    "the very end": _extension(_if("${pbx_a}", r"^alpha\z", *_TOLD)),
    "a letter by its number": _extension(_if("a<${pbx_a}>", r"^a\x3calpha\x3e\z", *_TOLD)),
    "what is not given back": _extension(_if('"${pbx_a},b";c,"d', r'^(?:(?>"[^"]*"|[^,])++(?:,|\z)){2}\z', *_TOLD)),
    "what is not given back, though it would fit": _extension(_if('"${pbx_a},b"', r'^(?>"[^"]*"|[^,]){2}', *_TOLD)),
    "what a function says is not expanded": _extension(
        _do(_run("set", r"pbx_t=\\\${pbx_n}", inline=True)), goes_on=True
    )
    + _extension(_if("${uuid_getvar(${uuid} pbx_t)}", r"^(\\?)\$\{pbx_n\}\z", *_TOLD)),
    "nobody is registered": _extension(
        _if(
            "${sofia(xmlstatus profile internal user 101@pbx.acme.example)}",
            r"^(?:[^\n]*\n){3}  \x3c/registrations\x3e\n",
            *_TOLD,
        )
    ),
    "nobody is registered in a domain of nobody": _extension(
        _if("${sofia(xmlstatus profile internal user 101@elsewhere.example)}", r"\x3cregistration\x3e", *_TOLD)
    ),
    "the number that is called": _extension(_if("destination_number", "^(.*)$", _say("$1 ${destination_number}"))),
    "the first applying rule": _extension(
        _if(" rules=c.x/user:1|s.office/c.vip/25~user:2,mailbox:3|user:4 #${pbx_facts}", _RULES, _say("$2 $3"))
    ),
    "the first rule without seconds": _extension(
        _if(" rules=!s.office/9~user:1|external/user:2;t=5 #${pbx_facts}", _RULES, _say("$2 $3"))
    ),
    "set, twice expanded": _extension(_do(_run("set", r"pbx_t=\\\${pbx_n}"), _run("set", "pbx_n=7"), _say("${pbx_t}"))),
    "an empty value unsets": _extension(_do(_run("set", "pbx_a="), _say("${pbx_a}|"))),
    "multiset": _extension(
        _do(
            _run("multiset", "pbx_b=1 pbx_c='two words' pbx_d=${pbx_n} pbx_e=x=y"),
            _say("${pbx_b}|${pbx_c}|${pbx_d}|${pbx_e}"),
        )
    ),
    "unset": _extension(_do(_run("unset", "pbx_a"), _say("${pbx_a}|"))),
    "within an executed extension": _extension(_if("destination_number", "^inner$", _say("${destination_number}")))
    + _extension(_do(_run("execute_extension", "inner XML CONTEXT"))),
    "an extension executed in an executed one takes its number away": _extension(
        _if("destination_number", "^inner$", _run("log", "INFO inside"))
    )
    + _extension(
        _if(
            "destination_number",
            "^outer$",
            _run("execute_extension", "inner XML CONTEXT"),
            _say("${destination_number}"),
        )
    )
    + _extension(_do(_run("execute_extension", "outer XML CONTEXT"))),
    "a transfer ends everything": _extension(_if("destination_number", "^end$", _say("end ${pbx_t}|")))
    + _extension(_if("destination_number", "^inner$", _run("transfer", "end XML CONTEXT"), _mark("a", inline=False)))
    + _extension(_do(_run("execute_extension", "inner XML CONTEXT"), _mark("b", inline=False))),
    "an executed extension that is not found": _extension(
        _if("destination_number", "^go$", _run("execute_extension", "nothing XML CONTEXT"), _say("on"))
    ),
    "a resource counts a channel once": _extension(
        _do(_run("limit", "hash acme 101"), _run("limit", "hash acme 101"), _say("${limit_usage(hash acme 101)}"))
    ),
}


def questions() -> dict[str, str]:
    """Each question, and the context that asks it when it is entered with the number ``go``."""
    texts = [line for line in (_VARIABLES + _FUNCTIONS).splitlines() if line]
    asked = {text: _extension(_do(_say(text))) for text in texts} | _HUNTS
    sets = _extension(_do(*(_run("set", f"{name}={value}", inline=True) for name, value in SET.items())), goes_on=True)
    return {
        question: f'<context name="{context_of(number)}">{sets}{body}</context>\n'.replace(
            "CONTEXT", context_of(number)
        )
        for number, (question, body) in enumerate(asked.items())
    }


def context_of(number: int) -> str:
    return f"probe.{number}"
