"""PBX4xx: problems of output: secrets and writing."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code, error, warning

CODES: tuple[Code, ...] = (
    error(
        "PBX401",
        "Environment variable of a secret is not set",
        "A secret written as `{env: NAME}` is read from the environment when a part is generated that needs it. "
        "`pbxgen check` and `--parts dialplan` do not need secrets and do not ask for them.",
        example="$ env -u SIP_101 pbxgen generate acme.yaml -o out",
        cure="Set the variable (an empty one counts as missing), or generate only the parts that need no secrets.",
    ),
    error(
        "PBX402",
        "File of a secret cannot be read",
        "A secret written as `{file: path}` is the first line of that file; a relative path is relative to the "
        "source file that names it.",
        example="$ pbxgen generate acme.yaml -o out    # password: {file: /run/secrets/sip_101}",
        cure="Create the file, or let the user who runs pbxgen read it.",
    ),
    error(
        "PBX403",
        "Secret cannot be used",
        "The value of a secret is empty, or holds something that cannot be written into the PBX's files, "
        "such as a control character, or letters in a voicemail PIN. The value itself is never shown.",
        example="$ VM_101=abc pbxgen generate acme.yaml -o out    # voicemail: {pin: {env: VM_101}}",
        cure="Choose another value: printable characters for a password, digits for a PIN.",
    ),
    error(
        "PBX410",
        "Files cannot be written",
        "The operating system refused: the disk is full, the folder is read-only or belongs to somebody else, or a "
        "file stands where a folder is needed. Everything is written beside its place first, so the files of the "
        "run before are still all there.",
        example="$ pbxgen generate acme.yaml -o /proc/out",
        cure="Mend what the message names, or choose another folder with `-o`, and run again.",
    ),
    error(
        "PBX411",
        "A file that pbxgen did not write is in the way",
        "pbxgen only ever replaces or removes files that its manifest (`.pbxgen-manifest.json` in the target's folder) "
        "lists. This one is not in it, and its content differs from what would be written.",
        example="$ pbxgen generate acme.yaml -o /etc    # there is an /etc/asterisk/extensions.conf already",
        cure="Generate into a folder of its own and copy from there, or take the file over with `--force`.",
    ),
    error(
        "PBX412",
        "A generated file was changed by hand",
        "The file is not what pbxgen wrote there. Overwriting or removing it would lose somebody's work unnoticed.",
        example="$ echo '; tried something' >> out/asterisk/extensions.conf; pbxgen generate acme.yaml -o out",
        cure="Put the change into the source; see what would be lost with `--diff`; give it up with `--force`.",
    ),
    error(
        "PBX413",
        "A symbolic link leads out of the output folder",
        "A folder that pbxgen would write into is a symbolic link. What is behind it is not pbxgen's to change, "
        "also not with `--force`. (The folder given with `-o`, and the target's folder in it, may be links.)",
        example="$ ln -s /srv/other out/asterisk/tenants; pbxgen generate fleet.yaml -o out",
        cure="Remove the link, or generate into another folder.",
    ),
    error(
        "PBX414",
        "The manifest is broken",
        "`.pbxgen-manifest.json` cannot be read as one, so it is unknown which files are pbxgen's. Guessing could "
        "overwrite or remove somebody else's.",
        example="$ echo '{' > out/asterisk/.pbxgen-manifest.json; pbxgen generate acme.yaml -o out",
        cure="Restore it from a backup. Or remove it and use `--force`: files that are no longer needed then stay.",
    ),
    error(
        "PBX415",
        "Another run is writing to the same folder",
        "Two runs at once could mix two plans. The second one stops instead of waiting, since what it would then "
        "write may be older than what the first one wrote.",
        example="$ pbxgen generate acme.yaml -o out & pbxgen generate acme.yaml -o out",
        cure="Wait for the other run to end and run again. A lock left by a killed run does not hold.",
    ),
    error(
        "PBX416",
        "Files of other tenants would be removed",
        "`--tenant` makes a PBX that serves this tenant alone. The folder holds a PBX that serves others too; their "
        "phones could not call any more.",
        example="$ pbxgen generate fleet.yaml -o out; pbxgen generate fleet.yaml -o out --tenant officina",
        cure="Give a folder of its own with `-o`, generate the whole fleet, or say `--force`.",
    ),
    warning(
        "PBX420",
        "A tenant is left out",
        "With `--keep-going` a fleet is generated without the tenants that have errors. The files then hold no phones "
        "and no numbers of theirs: once the PBX reloads them, those tenants cannot call.",
        example="$ pbxgen generate fleet.yaml -o out --keep-going",
        cure="Mend the tenant's errors and generate again before the PBX reloads.",
    ),
)
