#!/usr/bin/env bash
# Exit 0 if every call went as it should, else 1.
set -uo pipefail
failed=0

# call PBX NUMBER SCRIPT WHAT
call() {
    echo "121 calls $2 on $1: $4"
    if sipp "$1:5060" -sf "/phones/$3" -s "$2" -au 121 -ap "$SIP_121" -m 1 -timeout 30 -timeout_error -nostdin \
        -trace_err -error_file /tmp/errors >/dev/null; then
        echo "  ok"
    else
        echo "  FAIL"
        tail -n 20 /tmp/errors 2>/dev/null
        failed=1
    fi
}

echo "What the stock Asterisk says of the generated files when they are deployed: nothing"
if ! [ -s /asterisk-log/messages.log ]; then
    echo "  FAIL: it left no log"
    failed=1
elif grep -E '(WARNING|ERROR)\[' /asterisk-log/messages.log |
    grep -E 'pbxgen|smoke|pjsip\.conf|extensions\.conf|voicemail|pbx_config\.c|res_pjsip/|pjsip_configuration' |
    grep -v 'users\.conf is deprecated'; then
    echo "  FAIL"
    failed=1
else
    echo "  ok"
fi

for pbx in $PBXS; do
    call "$pbx" 999 call-unknown.xml "nobody has this number, 404"
    call "$pbx" 120 call.xml "the phone answers"
    call "$pbx" 104 call.xml "busy, so that 120 answers"
    call "$pbx" 101 call.xml "diverted at once, 120 answers"
done

echo "The seed scenarios, each a real call on an Asterisk that this container starts for them:"
pbxgen test /examples/seed/seed.test.yaml --on asterisk || failed=1

[ "$failed" = 0 ] && echo "smoke test passed" || echo "smoke test FAILED"
exit "$failed"
