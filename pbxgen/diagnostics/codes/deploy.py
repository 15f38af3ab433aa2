"""PBX6xx: problems of deploy.yaml, of a target, and of what runs there."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code, error

CODES: tuple[Code, ...] = (
    error(
        "PBX601",
        "Not a deployment file",
        "deploy.yaml holds `version: 1`, a `source` (a file or folder, relative to it) and `targets`: PBXs, each with "
        "what it is, where it is and the folder of its configuration, or groups of them (`nodes`). A key or value that "
        "has no meaning there is an error.",
        example="$ pbxgen plan --to hq    # deploy.yaml: targets: {hq: {target: asterix}}",
        cure="Write it as docs/deploy.md says.",
    ),
    error(
        "PBX610",
        "A target cannot be reached",
        "No shell could be started at the target: the container does not run, or ssh refuses the login. Nothing was "
        "changed, unless the message says that a deployment had begun.",
        example="$ pbxgen deploy --to hq    # at: ssh://asterisk@pbx1.example, which is down",
        cure="Try the command that the message names. Run a deployment that had begun again: it finishes or undoes it.",
    ),
    error(
        "PBX611",
        "The PBX does not answer, or reads another folder",
        "A deployment is verified by asking the running PBX. This is not possible: the PBX is down, its console "
        "refuses this user, or its configuration folder is not the target's `folder`. Nothing was changed.",
        example="$ pbxgen deploy --to hq    # while Asterisk is stopped",
        cure="Start the PBX, correct `command` or `folder`, or deploy as a user who may use its console.",
    ),
    error(
        "PBX612",
        "A target's folder cannot be written",
        "The folder does not exist, is not writable, or its disk is full. New files are written in full beside "
        "those in use, and only complete releases are made current: the PBX still runs the previous release.",
        example="$ pbxgen deploy --to hq    # as a user who may not write /etc/asterisk",
        cure="Mend what the message names and deploy again.",
    ),
    error(
        "PBX613",
        "Another deployment to the target is under way",
        "Two deployments at once could mix two plans, and FreeSWITCH loads half a dialplan when it is told to reload "
        "twice in quick succession. The second one stops instead of waiting, since what it brings may be older.",
        example="$ pbxgen deploy --to hq & pbxgen deploy --to hq",
        cure="Wait for the other one to end. The lock of one that was killed does not hold; --force takes away one of "
        "another machine that is older than 30 minutes.",
    ),
    error(
        "PBX614",
        "A deployment that needs --force",
        "The PBX runs something that pbxgen did not write, or more than 30 % of the users would change or be "
        "removed. Both may be intended, and both may be the result of a mistake.",
        example="$ pbxgen deploy --to hq    # over a stock /etc/asterisk/extensions.conf",
        cure="Look at `pbxgen plan`; say --force if that is meant. Files in the way are kept beside their places.",
    ),
    error(
        "PBX615",
        "A saved plan no longer holds",
        "`deploy --plan` does what the plan showed, or nothing. The source, pbxgen or what runs at the target has "
        "changed since the plan was made.",
        example="$ pbxgen plan --to hq --out plan.json; vi pbx.yaml; pbxgen deploy --to hq --plan plan.json",
        cure="Make a new plan, look at it, and deploy that.",
    ),
    error(
        "PBX616",
        "The PBX does not run what was deployed",
        "After the reload the PBX was asked what it runs, and its log was read. Something is not as it should be, so "
        "the release before was made current again, reloaded and proven in the same way.",
        example="$ pbxgen deploy --to hq    # Asterisk dropped a line, with a WARNING in its log",
        cure="The message quotes what the PBX said. Mend that and deploy again; calls were never without a dialplan.",
    ),
    error(
        "PBX617",
        "Calls do not go as expected",
        "Before anything is sent, the calls of every scenario file beside the source (`*.test.yaml`) that names "
        "this source are run on the model and on the generated text. A call did not go as expected.",
        example="$ pbxgen deploy --to hq    # calls.test.yaml expects what the source does not say",
        cure="`pbxgen test FILE --on generated` tells each call step by step.",
    ),
    error(
        "PBX618",
        "No such release",
        "There is no release to go back to: the target has had no other release, or the earlier ones are no longer "
        "kept.",
        example="$ pbxgen rollback --to hq    # after the first deployment",
        cure="`pbxgen history` shows what is there; `keep` in deploy.yaml says how many are kept.",
    ),
    error(
        "PBX619",
        "The rollback failed",
        "The release before is current again, but the PBX does not say that it runs it; or it does, but a trunk that "
        "was registered is not any more, a call of `verify` fails, or its log has something new. This needs a person: "
        "the message says what is wrong.",
        example="$ pbxgen deploy --to hq    # Asterisk was stopped while it was being reloaded",
        cure="Look at the PBX. Where it does not run the release, the next deployment or rollback first repeats this "
        "rollback; `deploy --force` goes on even if the PBX still does not say that it runs the release.",
    ),
)
