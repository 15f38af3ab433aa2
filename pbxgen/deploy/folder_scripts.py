"""The scripts that work on the folder at a target: functions of the shell, and commands that write a file."""

from __future__ import annotations

import secrets
from shlex import quote

CURRENT = "pbxgen"
RELEASES = "releases"
LOCKS = """
holder() { ls -ld "$lock" 2>/dev/null | sed 's/.* -> //'; }
word() { echo "$found" | cut -d' ' -f"$1"; }
held() {
  [ -n "$found" ] || return 1
  [ "$(word 2)" = "$(uname -n)" ] || return 0
  case "$(word 1)" in *[!0-9]*) return 1 ;; esac
  set -- "$(word 1)" "$(word 3)"
  if [ -r "/proc/$1/cmdline" ]; then tr '\\0' ' ' <"/proc/$1/cmdline" | grep -qF -e "$2"
  elif ps -p "$1" -o args= >/dev/null 2>&1; then ps -p "$1" -o args= | grep -qF -e "$2"
  else # a process that this user may not see is there all the same
    said=$(kill -0 "$1" 2>&1) || case $said in *ermitted*) ;; *) false ;; esac
  fi
}
"""
"""Functions of a script that says where the ``lock`` is: a link to `process machine token person`. The token stands in
the arguments of the process, so that another one that has its number is not taken for it."""
SHOW = """
show() {
  if [ -f "$1" ]; then printf 'file %s %s\\n' "$(($(wc -c <"$1")))" "$1"; cat "$1"
  elif [ -h "$1" ]; then to=$(ls -ld "$1"); printf 'link 0 %s\\n%s\\n' "$1" "${to##* -> }"
  elif [ -e "$1" ]; then printf 'other 0 %s\\n' "$1"
  else printf 'none 0 %s\\n' "$1"; fi
}
own() { if [ -h "$1" ]; then printf 'none 0 %s\\n' "$1"; else show "$1"; fi; }
there() { [ -e "$1" ] || [ -h "$1" ]; }
"""
"""Functions of a script. A link to a file counts as a file; other links are shown by where they lead. None of pbxgen's
own files is a link."""
ENTER = f"""
home=$(pwd -P)
enter() {{ # a folder below the configuration, which the PBX's user may have replaced by a link to any other
  cd -P "${{home%/}}/$1" || exit 5
  [ "$(pwd -P)" = "${{home%/}}/$1" ] || {{ echo "$1 is a link: it is to be a folder" >&2; exit 5; }}
}}
rename() {{ # A plain mv would move it into the folder that a link of the new name leads to.
  said=$(mv -T "$1" "$2" 2>&1) || mv -h "$1" "$2" 2>/dev/null || {{ echo "$said" >&2; exit 5; }}
}}
in_releases() {{ enter {RELEASES}; }}
"""
"""Functions of a script that begins in the configuration folder."""
LEADS = f"""
is_release() {{ [ ! -h {RELEASES} ] && [ ! -h "$1" ] && [ -d "$1" ]; }} # a folder, and no link to one
leads() {{ # is pbxgen a link to a release that is there?
  [ -h {CURRENT} ] || return 1
  to=$(ls -ld {CURRENT})
  case "${{to##* -> }}" in {RELEASES}/*) is_release "${{to##* -> }}" ;; *) return 1 ;; esac
}}
"""
OWNER = """
ls -ldn . | grep -q "^[^ ]* *[^ ]* *$(id -u) " || { echo "somebody else has put another folder there" >&2; exit 5; }
"""
GIVE = """
if [ "$(id -u)" = 0 ]; then chown -hR "$owner:$group" .
else chgrp -hR "$group" . 2>/dev/null || [ "$(id -u)" = "$owner" ] || {
  echo "its files cannot be given to the group $group, so that the PBX could not read them" >&2; exit 5; }
fi
"""
LIKE = """
set -- $(ls -ldn .)
owner=$3 group=$4
for file in pjsip.conf pjsip.conf.before-* freeswitch.xml freeswitch.xml.before-* vars.xml; do
  if [ "$group" = 0 ] && [ -f "$file" ]; then set -- $(ls -ldnL "$file"); group=$4; fi
done
"""
"""The owner and group of the folder; where its group is root, the group of a file that the PBX reads."""


def made(new: str) -> str:
    """Commands that make a folder in `releases`, enter it, and check that it is the folder that was made."""
    return f'mkdir {new}\nenter "{RELEASES}/{new}"\n{OWNER}'


def written(path: str, text: str) -> str:
    """A command that writes a file; its text stands in the script, and in no argument."""
    end = end_mark()
    return f"cat >{quote(path)} <<'{end}'\n{text}{end}"


def end_mark() -> str:
    return f"END-{secrets.token_hex(12)}"
