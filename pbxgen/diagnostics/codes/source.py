"""PBX0xx: problems of files and of YAML itself."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code, error, source, warning

_FILES = (
    error(
        "PBX001",
        "No such file or folder",
        "The source, or a file that it names, is not where it was looked for.",
        example="$ pbxgen check nowhere.yaml",
        cure="Check the spelling, and the folder the command runs in.",
    ),
    error(
        "PBX002",
        "A file or folder that cannot be read",
        "The operating system refuses to read it: permissions, a broken link, an error of the disk.",
        example="$ chmod 000 acme.yaml; pbxgen check acme.yaml",
        cure="Give yourself the right to read it, or repair the link.",
    ),
    error(
        "PBX003",
        "Not an ordinary file, or too large",
        "A source is an ordinary file or a folder. Devices, sockets, pipes and the kernel's files (`/proc`, `/sys`) "
        "are not read: reading them may wait for ever. Nor is a source of more than 64 MiB or 8,000,000 values, which "
        "is more than twice the size of 100,000 users with every key.",
        example="$ pbxgen check /dev/null",
        cure="Write what you want to check into a file; divide a very large source among several PBXs.",
    ),
    error(
        "PBX004",
        "A folder without YAML",
        "No `*.yaml` is in the folder or below it. Hidden files and scenario files (`*.test.yaml`) are not part of a "
        "source.",
        example="$ mkdir empty; pbxgen check empty",
        cure="Name the folder that holds the source; give its files the ending `.yaml`.",
    ),
    warning(
        "PBX005",
        "A file of the folder that is not read",
        "Of a folder only the files `*.yaml` are read. A `*.yml` beside them was probably meant to be.",
        example="# file: acme.yaml\n" + source("") + "# file: users.yml\nusers: {}\n",
        cure="Rename it to `*.yaml`, or move it out of the folder.",
    ),
    error(
        "PBX006",
        "An empty source",
        "The file holds nothing but blank lines and comments. (In a folder, such a file is fine beside others.)",
        example="# to be written\n",
        cure="Begin with `version: 1`; `pbxgen init` writes a source to start from.",
    ),
    error(
        "PBX007",
        "Text that is not UTF-8",
        "A source is UTF-8. Old editors save ISO 8859-1, some on Windows UTF-16.",
        example="$ printf 'version: 1 # citt\\340\\n' > acme.yaml; pbxgen check acme.yaml",
        cure="Save the file as UTF-8, or convert it: `iconv -f ISO8859-1 -t UTF-8`.",
    ),
    error(
        "PBX008",
        "A character that is not allowed in a source",
        "NUL and other control characters, non-characters, a byte-order mark within the text, and the line ends NEL, "
        "LS and PS, which some programs see as a new line and others do not.",
        example=source("users:\n  '101': {name: 'Ada\x07'}\n"),
        cure='Remove it, or write it as an escape in double quotes: `"\\u0007"`.',
    ),
    error(
        "PBX023",
        "One key in two files",
        "The files of a folder are one source: a section may be spread over files, but each of its keys is written "
        "once. Only `version` may stand in every file, if it is the same.",
        example="# file: acme.yaml\n"
        + source("users:\n  '101': {name: Ada}\n")
        + "# file: more.yaml\nusers:\n  '101': {name: Bob}\n",
        cure="Remove one of the two.",
    ),
)

_YAML = (
    error(
        "PBX009",
        "The source is not a mapping",
        "On its outermost level a source is `key: value` lines, not a list and not a single value.",
        example="- version: 1\n",
        cure="Begin with `version: 1`.",
    ),
    error(
        "PBX010",
        "Not YAML",
        "The text does not follow the syntax of YAML from this place on; what comes after it in this file was not "
        "read. Other files were.",
        example=source("routes:\n  italy: {match: +39[03]X., trunk: carrier}\n"),
        cure="Look for an unclosed quote or bracket, a value with `: ` or a bracket in it that is not quoted, or a "
        "line in the wrong column.",
    ),
    error(
        "PBX011",
        "A tab in the indentation",
        "YAML indents with spaces; a tab has no width that all editors agree on.",
        example=source("users:\n\t'101': {name: Ada}\n"),
        cure="Replace it by spaces, and tell your editor to do so.",
    ),
    error(
        "PBX012",
        "One key twice",
        "A key is in the same mapping twice, so one of the two values would be lost.",
        example=source("users:\n  '101': {name: Ada}\n  '101': {name: Bob}\n"),
        cure="Remove one of the two.",
    ),
    error(
        "PBX013",
        "Several documents in one file",
        "A line `---` begins a second YAML document. A source file holds one.",
        example=source("---\nusers: {}\n"),
        cure="Remove the line, or make two files in a folder of them.",
    ),
    error(
        "PBX014",
        "A key that is not a text",
        "A list, a mapping or nothing stands where a key should be.",
        example=source("users:\n  {101: x}: {name: Ada}\n"),
        cure="Write the key as a text; quote one that begins with a bracket.",
    ),
    error(
        "PBX015",
        "An unknown tag",
        "A value that begins with `!` has a tag in YAML. Only those of the core schema (`!!str`, "
        "`!!int`, …) are known.",
        example=source("users:\n  '101': {name: !vip Ada}\n"),
        cure="Remove the tag, or quote the value.",
    ),
    error(
        "PBX016",
        "A value that its tag does not allow",
        "A tag such as `!!int` stands before a value that is none.",
        example=source("users:\n  '101': {name: Ada, ring_timeout: !!int soon}\n"),
        cure="Remove the tag.",
    ),
    error(
        "PBX017",
        "A number with thousands of digits",
        "An unquoted number has more digits than anything here can mean.",
        example=source("users:\n  '101': {name: " + "1" * 4001 + "}\n"),
        cure="Quote it if it is a text.",
    ),
    error(
        "PBX018",
        "An alias without an anchor",
        "An unquoted value that begins with `*` is an alias: it repeats the value that has the anchor `&` of that name "
        "before it in the same file.",
        example=source("contacts:\n  features: [*97]\n"),
        cure='Quote it (`"*97"`) if it is a text; otherwise put the anchor on the value that is meant.',
    ),
    error(
        "PBX019",
        "An alias within its own anchor",
        "The value would contain itself without end.",
        example=source("policies:\n  front: &front {busy: *front}\n"),
        cure="Repeat what is meant, or move the anchor.",
    ),
    error(
        "PBX020",
        "Aliases that stand for too much",
        "Aliases of aliases multiply: a few lines can stand for billions of values. No more is read than some hundred "
        "thousand.",
        example="a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 6)),
        cure="Use fewer aliases; a policy says the same of many users.",
    ),
    error(
        "PBX021",
        "A merge of something that has no keys",
        "`<<` takes over the keys of a mapping (`<<: *name`) or of several (`<<: [*a, *b]`), once in each mapping.",
        example=source("policies:\n  front: {<<: voicemail}\n"),
        cure="Give `<<` an alias to a mapping, or a list of such.",
    ),
    error(
        "PBX022",
        "Too many levels of nesting",
        "Values lie within values more than 100 levels deep, counting what aliases stand for.",
        example=source("policies: " + "[" * 101 + "]" * 101 + "\n"),
        cure="Look for brackets that should have been closed.",
    ),
)

_FLEETS = (
    error(
        "PBX030",
        "A fleet file that is not one",
        "A fleet file has `version: 1` and `tenants`, a list of patterns of files and folders, and nothing else.",
        example="# file: fleet.yaml\nversion: 1\ntenants: tenants/acme\n",
        cure='Write `version: 1` and `tenants: ["tenants/*"]`.',
    ),
    error(
        "PBX031",
        "A pattern that matches no tenant",
        "Each pattern of `tenants` must match at least one source: a `*.yaml` file or a folder, beside the fleet file "
        "or below.",
        example='# file: fleet.yaml\nversion: 1\ntenants: ["tenants/*"]\n',
        cure="Correct the pattern; it is relative to the fleet file.",
    ),
    error(
        "PBX032",
        "A fleet within a fleet",
        "A pattern of `tenants` matches a fleet file, or a folder that holds one.",
        example='# file: fleet.yaml\nversion: 1\ntenants: ["north"]\n'
        '# file: north/fleet.yaml\nversion: 1\ntenants: ["*.yaml"]\n'
        "# file: north/acme.yaml\n" + source(""),
        cure="Name the tenants themselves, such as `north/tenants/*`.",
    ),
)

CODES: tuple[Code, ...] = _FILES + _YAML + _FLEETS
