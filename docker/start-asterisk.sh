#!/bin/sh
# Debian's Asterisk with its own configuration, and the generated files over it as docs/asterisk.md says.
set -eu
cp -r /generated/asterisk/. /etc/asterisk/
chown -R asterisk:asterisk /etc/asterisk
exec asterisk -f -U asterisk -G asterisk
