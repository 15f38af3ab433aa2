"""Questions about Asterisk's dialplan: a few lines each that end in a Log, for a real one and for the interpreter."""

from __future__ import annotations

import re

from pbxgen.targets.templates import templates_folder

_EXPRESSIONS = r"""
"5" = "05"
5 = 05
x5 = "x5"
"5" = 5
5 != "05"
05 = "05"
x5 = x5
"" = ""
"" != "a"
"a" = "b"
"a b" = "a b"
"a" != "a"
"é" = "é"
"a,b" = "a,b"
"a(b" = "a(b"
"x+39" = "x+39"
"+39" != "39"
"it's" = "it's"
1=1
1 = 1
1 | 0
0 | 0
0 | 2
3 & 2
0 & 2
2 & 0
"" | 0
1 = 1 & 2 = 3
1 = 1 | 2 = 3 & 0 = 1
0 = 1 & 0 = 1 | 1 = 1
2 + 3 * 4
2 * 3 + 4
2 - 3
10 - 4 - 3
-3 < 1
1 - -3
-5 + 2
007 + 1
0123 > 99
0123 = 123
2 <= 2
2 >= 3
2 != 3
12 > 9
9 > 12
20261124 > 020261123
1 + 1 = 2
1 > 0 = 1
1+1
(1 + 2) * 3
999999999999 + 1
1795424400 - 10 * 3600 - 0 * 60 - 43200
"busy" = "busy" | "busy" = "x"
"" = "yes" & "x" = "x"
3 > 2 & "a" = "a"
"101"
101
"""
_SUBSTITUTIONS = r"""
${A:2}
${A:2:3}
${A:-3}
${A:-3:2}
${A:0:-2}
${A:5:-9}
${A:2:-3}
${A:20}
${A:20:2}
${A:-20:3}
${A::3}
${A:0}
${A:3:0}
${A:9:5}
${A:-4:-1}
${A:${LEN(ab)}}
${A:${LEN()}}
${A:0:${LEN(abc)}}
${LEN(${A}):0:1}
${LEN(a:b)}
${LEN(a,b)}
${LEN("a")}
${LEN(é)}
${LEN((a)(b))}
${NOTHING}
${NOTHING:2}
${LEN(${NOTHING})}
${${N}}
${${N}:1:2}
a${A}b$[1 + 1]c
$[${A:1:1} + ${LEN(${A})}]
[${A:0:1}] {x} (y)
${IF(1?a:b)}
${IF(0?a:b)}
${IF(0?a)}|
${IF(1?:b)}|
${IF(0?:b)}|
${IF(0?a:)}|
${IF(abc?a:b)}
${IF(00?a:b)}
${IF(-1?a:b)}
${IF(1? a : b )}|
${IF(1?"a:b":c)}
${IF(1?a\:b:c)}
${IF(1?(a:b):c)}
${IF(1?a,b:c)}
${IF(1?U(x^y^PJSIP/1-0000):)}
${IF($[1 = 1]?&:)}${A}
${IF($["x" = "x"]?outside:user)}/${A}
${IF(1?${NOTHING}:b)}|
${IF(1?a?b:c)}
${FILTER(0-9,a1b2)}
${FILTER(0-9+*#,+39 (02) *1#-)}
${FILTER(0-9+,12,34)}
${FILTER(0-9,"1"2)}
${FILTER(0-9,)}|
${FILTER(0-9.,1.2.a)}
${FILTER(a-c,abcdABCD)}
${FILTER(a-z\x2C=,Counter=9,x)}
${REPLACE(B,())}
${REPLACE(A,135)}
${REPLACE(NOTHING,())}|
${TOLOWER(${REPLACE(B,())})}
cost $5 $(6) 7$
${CUT(P,/,1)}
${CUT(P,/,2)}
${CUT(P,/,4)}|
${CUT(P,/,9)}|
${CUT(P,/,5-8)}
${CUT(P,/,6-7)}
${CUT(P,/,1-2)}
${CUT(P,/,3-4)}|
${CUT(P,/,${LEN(ab)})}
${CUT(P,|,1)}
${CUT(NOTHING,/,1)}|
${CUT(H,<,2)}
${CUT(H,<,3)}
${CUT(H,\;,2)}
${CUT(H,\,,2)}
${FIELDNUM(V,|,user/101)}
${FIELDNUM(V,|,user/102)}
${FIELDNUM(V,|,user/10)}
${FIELDNUM(V,|,never)}
${FIELDNUM(NOTHING,|,x)}
${FIELDNUM(V,|,)}
${FIELDNUM(NOTHING,|,)}
${IF(1?)}|
${IF(1?a\:b:c\:d)}
${IF(0?a:"c:d")}
${IF(0?a:b:c)}
${CUT(P,"/",2)}
${FIELDNUM(R,&,italy)}
${FIELDNUM(R,&,europe)}
${FIELDNUM(R,&,ital)}
${FIELDQTY(V,|)}
${FIELDQTY(NOTHING,|)}
${FIELDQTY(H,<)}
${FIELDQTY(A,.)}
${FIELDQTY(D,.)}
${STRREPLACE(H,counter=,<)}
${STRREPLACE(D,.,-)}
${STRREPLACE(NOTHING,a,b)}|
${TOLOWER(AbC <SIP:X>)}
${MIN(3,5)}
${MIN(020,5)}
${MIN(007,9)}
${MIN(-3,5)}
${MAX(3,5)}
${MAX($[1 + 2],2)}
${MAX(0,0)}
${MIN(5,$[010 - 3])}
${STRFTIME(1795424400,Europe/Rome,%Y%m%d)}
${STRFTIME(1795424400,Europe/Rome,%H)}-${STRFTIME(1795424400,America/New_York,%M)}-${STRFTIME(1795424400,Asia/Tokyo,%u)}
${STRFTIME(1774746000,Europe/Rome,%m%d)}
${STRFTIME(1785542399,Europe/Rome,%H)}
${SHARED(X)}|
${CHANNEL_EXISTS(${CHANNEL})}
${CHANNEL_EXISTS(PJSIP/none-00000001)}
${CALLERID(num)}|
${HANGUPCAUSE_KEYS()}|
${DIALPLAN_EXISTS(order,101,1)}
${DIALPLAN_EXISTS(order,101,2)}
${DIALPLAN_EXISTS(order,101,mark)}
${DIALPLAN_EXISTS(order,102,mark)}
${DIALPLAN_EXISTS(order,,1)}
${DIALPLAN_EXISTS(order,x,1)}
${DIALPLAN_EXISTS(nowhere,101,1)}
${DIALPLAN_EXISTS(empty,101,1)}
${DIALPLAN_EXISTS(including,77,1)}
${DIALPLAN_EXISTS(including,literal,1)}
${LEN(${URIDECODE(%0A)})}|${DEVICE_STATE(Custom:nobody.has.set.it)}
"""
_SETTING = r"""
V=a=b
V= a
V="a"
V=a,b
V=
W_1=x
_V=c
ARRAY(V,W)=1,2
ARRAY(V,W)=1
ARRAY(V,W)=1,
ARRAY(V,W)=1,"2"
ARRAY(V,W)=1,2,3
ARRAY(V,W)=,2
ARRAY(V,W)="1,2",3
ARRAY(V,W)=1\,2,3
ARRAY(V,W)= 1, 2
SHARED(V)=z
CALLERID(num)=+39021
"""
_CONDITIONS = ("", "0", "00", "1", "01", "-1", "abc", "0abc", "1abc", " 1", " 0", "+1", "$[1 = 2]", "${NOTHING}")
_EXEC_IF = r"""
1?Set(V=a:b)
0?Set(V=a):Set(V=b)
1?Set(V=a):Set(V=b)
1?Set(V=(a))
1?Set(V=a|b/+39,c)
0?Set(V=a)
?Set(V=a)
1?Set(V=a)b)
"""
_CALLS = (
    "a,b", "a,b,", "a,,c", ",,c", "", "a", '"a,b",c', "a\\,b,c", "(a,b),c", "[a,b],c", "a,b,c,d,e,f", " a , b ",
    "a(b),c", "${NOTHING},b,${NOTHING}", "a^b,c",
)  # fmt: skip
_NUMBERS = (
    "101", "102", "1", "10", "105", "109", "112", "150", "155", "1999", "18", "+39", "+390", "+3902", "+3934", "+393",
    "+1", "*9", "*97", "**", "#31", "0", "05", "77", "770", "999", "99x", "literal", "s", "2", "29", "2a",
)  # fmt: skip
_WIRE = (
    "101", "*98#", "+39", "101)", "101):0", "101)):0", "101)):9", "101))):0:1", "(101", "((101):0", "1 1", "101 ",
    " 101", '"101"', "101,1", "101&102", "1$[2]", "", "sip:101@office.example", "sip:112@10.0.0.1:5060", "tel:112",
    "sip:112%00@x", "sip:112%00)):9@x", "sip:112)):0@x", "sip:%23@x", "sip:101@192.0.2.7", "sip:192.0.2.7:5062",
    "sips:a-b.c@192.0.2.7:5061\\;transport=TLS", "sip:101@[2001:db8::1]:5060", "sip:101@phone.example",
    "sip:1+2%20@192.0.2.7:5060\\;ob\\;line=x1-y2\\;gr=urn:uuid:7\\;x-ast-orig-host=::1:0",
    "sip:101@192.0.2.7&PJSIP/102", "sip:101@192.0.2.7,30,tT", "sip:101@192.0.2.7\\;maddr=192.0.2.1",
    "sip:101@192.0.2.300x", "sip:101@192.0.2.7?Route=x", "sip:a/b@192.0.2.7", "sip:a|b^c~@192.0.2.7",
    "sip:101@192.0.2.7:5060)):0", "sip:[101@192.0.2.7", "sip:101@010.0.0.1", "sip:101@3221225991",
    "sip:101@192.0.2.7\\;a=b/c", "sip:101@192.0.2.7\\;a=[b", "PJSIP/101/sip:101@192.0.2.7",
    "PJSIP/101/sip:101@192.0.2.7&PJSIP/101/sip:192.0.2.8", "PJSIP/101/sip:101@192.0.2.7\\;a&PJSIP/102",
)  # fmt: skip
"""What somebody may say of himself: each is looked at with every pattern that the library looks with."""
_CONTEXTS = r"""
[order]
exten => 101,1,Return(literal 101)
 same => n(mark),Return(marked)
exten => _X.,1,Return(_X.)
exten => _1X,1,Return(_1X)
exten => _1XX,1,Return(_1XX)
exten => _10X,1,Return(_10X)
exten => _1[0-4]X,1,Return(_1[0-4]X)
exten => _1[05]X,1,Return(_1[05]X)
exten => _15[05],1,Return(_15[05])
exten => _1NXX,1,Return(_1NXX)
exten => _1ZXX,1,Return(_1ZXX)
exten => _18X,1,Return(_18X)
exten => _+39[03]X.,1,Return(_+39[03]X.)
exten => _+39[03]!,1,Return(_+39[03]!)
exten => _+39.,1,Return(_+39.)
exten => _+!,1,Return(_+!)
exten => _*9X,1,Return(_*9X)
exten => _[*#]!,1,Return(_[*#]!)
exten => _[*#]X,1,Return(_[*#]X)
exten => _0.,1,Return(_0.)
exten => _0!,1,Return(_0!)
exten => _2[0-9a-c],1,Return(_2[0-9a-c])
exten => _2X,1,Return(_2X)
exten => 102,1,Return(literal 102)
exten => 102,2(mark),Return(never)
[including]
include => second
include => third
exten => _77.,1,Return(own _77.)
exten => _10X,1,Return(own _10X)
[second]
exten => 770,1,Return(second 770)
exten => 101,1,Return(second 101)
exten => _9X.,1,Return(second _9X.)
[third]
exten => literal,1,Return(third literal)
exten => 999,1,Return(third 999)
exten => 77,1,Return(third 77)
[empty]
[arguments]
exten => s,1,Return(${ARGC}|${ARG1}|${ARG2}|${ARG3}|${ARG4})
[outer]
exten => s,1,Gosub(middle,s,1(m))
 same => n,Return(${GOSUB_RETVAL} outer ${ARGC}${ARG1}${ARG6})
[middle]
exten => s,1,Gosub(inner,s,1)
 same => n,Return(${GOSUB_RETVAL} middle ${ARGC}${ARG1}${ARG2}${ARG6})
[inner]
exten => s,1,Return(inner ${ARGC}${ARG1}${ARG2}${ARG6})
[scopes]
exten => s,1,Set(LOCAL(x)=outer)
 same => n,Set(LOCAL(y)=outer)
 same => n,Gosub(scope,s,1)
 same => n,Return(${GOSUB_RETVAL} then ${x}|${y}|${z})
[scope]
exten => s,1,Set(before=${x})
 same => n,Set(LOCAL(x)=inner)
 same => n,Set(LOCAL(x)=again)
 same => n,Set(LOCAL(z)=)
 same => n,Set(y=changed)
 same => n,Return(${before}|${x}|${y}|${SHIFT(x)}|${x}|${z})
[ask]
exten => s,1,Set(GOSUB_RESULT=CONTINUE)
 same => n,Return(${ARGC}|${ARG1}|${ARG2})
[rings]
exten => busy,1,Hangup(17)
exten => refused,1,Hangup(21)
exten => missing,1,Hangup(1)
exten => gone,1,Hangup(19)
exten => late,1,Wait(3)
 same => n,Hangup(17)
exten => answers,1,Playback(followme/options)
 same => n,Wait(9)
 same => n,Hangup(16)
[before]
exten => s,1,Set(_MARK=${ARG1})
 same => n,Return()
"""
_DIALS = (
    "Local/busy@rings,2", "Local/refused@rings,2", "Local/missing@rings,2", "Local/gone@rings,2", "Local/late@rings,1",
    "Local/busy@rings&Local/refused@rings,2", "Local/refused@rings&Local/missing@rings,2",
    "Local/gone@rings&Local/busy@rings,2", "Local/busy@rings,2,rf(5)b(before^s^1(x))",
    "Local/answers@rings,5,U(ask^a^b)",
)  # fmt: skip


def _lines(text: str) -> list[str]:
    return [line for line in text.strip("\n").split("\n") if line]


def _told(what: str) -> str:
    return f"Log(NOTICE,probe ={what}=)"


def _patterns() -> list[str]:
    """The patterns of the library, in their quotes."""
    library = (templates_folder() / "asterisk" / "library.conf").read_text(encoding="utf-8")
    return list(dict.fromkeys(re.findall(r'\$\{REGEX\(("[^"]*") ', library)))


def _probes() -> list[list[str]]:
    """Each probe: applications in order; the last one tells what came out."""
    start = [
        "Set(A=0123456789)",
        "Set(N=A)",
        "Set(P=outside/+39333/30//carrier//102/busy)",
        "Set(V=|user/101|outside/+39|)",
        "Set(R=italy&europe)",
        r"Set(H=<sip:a@b>\;reason=x\;counter=3,<sip:c@d>\;counter=1)",
        "Set(D=1.2.3)",
        "Set(B=a(b):0 C)",
    ]
    probes = [[_told(f"$[{text}]")] for text in _lines(_EXPRESSIONS)]
    probes += [[*start, _told(text)] for text in _lines(_SUBSTITUTIONS)]
    probes += [[f"Set({text})", _told("${V}|${W}|${W_1}|${SHARED(V)}|${CALLERID(num)}")] for text in _lines(_SETTING)]
    probes += [["Set(V=no)", f"ExecIf({text})", _told("${V}")] for text in _lines(_EXEC_IF)]
    probes += [[f"GotoIf({c}?yes:no)", f"(no){_told('no')}", "Wait(0)", f"(yes){_told('yes')}"] for c in _CONDITIONS]
    probes += [[f"Gosub(arguments,s,1({text}))", _told("${GOSUB_RETVAL}|${ARG1}")] for text in _CALLS]
    probes.append(["Gosub(arguments,s,1)", _told("${GOSUB_RETVAL}")])
    probes.append(["Gosub(outer,s,1(a,b,c,d,e,f))", _told("${GOSUB_RETVAL} ${ARG1}")])
    probes.append(["Gosub(scopes,s,1)", _told("${GOSUB_RETVAL} at last ${x}|${y}|${before}")])
    for context in ("order", "including"):
        for number in _NUMBERS:
            probes.append(
                [
                    f"GotoIf(${{DIALPLAN_EXISTS({context},{number},1)}}?:none)",
                    f"Gosub({context},{number},1)",
                    f"(none){_told(f'{number} ${{GOSUB_RETVAL}}')}",
                ]
            )
    for rest in ("a|b|c", "a||c", "a", ""):
        probes.append([f"Set(T={rest})", _told("${SHIFT(T,|)} ${T} ${SHIFT(T,|)} ${T}")])
    probes.append(["Set(T=a,b,c)", _told("${SHIFT(T)} ${T}")])
    for pattern in _patterns():
        probes += [[f"Set(X={text})", _told(f"${{REGEX({pattern} (${{X}})}}")] for text in _WIRE]
    probes += [[f"Dial({dial})", _told("${DIALSTATUS} ${GOSUB_RETVAL}")] for dial in _DIALS]
    return probes


def probes() -> tuple[str, int]:
    """Contexts that ask every question, one extension of [probe] for each, and how many there are."""
    lines = ["[probe]"]
    asked = _probes()
    for number, applications in enumerate(asked):
        for priority, application in enumerate(applications, 1):
            label = ""
            if application.startswith("("):
                label, _, application = application[1:].partition(")")
                label = f"({label})"
            application = application.replace("Log(NOTICE,probe =", f"Log(NOTICE,probe {number} =")
            lines.append(f"exten => {number},{priority}{label},{application}")
    return _CONTEXTS + "\n".join(lines) + "\n", len(asked)
