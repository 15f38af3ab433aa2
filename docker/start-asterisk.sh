#!/bin/sh
# Debian's Asterisk with its own configuration, to which `pbxgen deploy` deploys.
set -eu
install -d -o asterisk -g asterisk /run/asterisk
# Debian's two voicemail modules exclude each other (docs/asterisk.md).
grep -q app_voicemail_odbc /etc/asterisk/modules.conf ||
    sed -i '/^\[modules\]/a noload = app_voicemail_odbc.so' /etc/asterisk/modules.conf
exec asterisk -f -U asterisk -G asterisk
