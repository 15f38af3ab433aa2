#!/usr/bin/env bash
# Two phones at each PBX named in PBXS: 120 answers, 104 is busy. Each registers, then takes calls at the same port.
set -euo pipefail
cd /phones

# phone PBX EXTENSION PORT SCRIPT
phone() {
    local password=SIP_$2
    sipp "$1:5060" -sf register.xml -s "$2" -au "$2" -ap "${!password}" -p "$3" -m 1 -timeout 20 -nostdin >/dev/null ||
        { echo "$2 could not register at $1" >&2; return 1; }
    echo "$2 is registered at $1"
    sipp -sf "$4" -p "$3" -nostdin >/dev/null &
}

port=5060
for pbx in $PBXS; do
    phone "$pbx" 120 "$port" answer.xml
    phone "$pbx" 104 "$((port + 2))" busy.xml
    port=$((port + 4))
done
sleep 4 # a PBX that asks by OPTIONS has its answer
touch /tmp/registered
wait -n # a phone that ends is a fault
exit 1
