# -*- coding: utf-8 -*-
# snapshottest: v1 - https://goo.gl/zC4yUc
from __future__ import unicode_literals

from snapshottest import Snapshot


snapshots = Snapshot()

snapshots['test_every_step_of_a_call_is_told 1'] = {
    'a diversion too many, then the own mailbox': [
        'entered 102 detail=103 @',
        'reached 103 place=user:103@32:3 @32:3',
        'diverted 103 reason=unconditional places=user:104@32:65 @32:65',
        'reached 104 place=user:104@32:65 @32:65',
        'diverted 104 reason=unconditional places=user:105@33:48 @33:48',
        'reached 105 place=user:105@33:48 @33:48',
        'not_diverted_max 105 places=user:106@34:65 @34:65',
        'rang 105 place=user:105@33:48 outcome=no_answer seconds=20 dialled=105 @33:48',
        'outcome 105 place=user:105@33:48 outcome=no_answer @33:48',
        'not_diverted_max 105 places=user:106@34:83 @34:83',
        'own_mailbox 105 place=mailbox:105@34:20 @34:20',
        'reached 105 place=mailbox:105@34:20 @34:20',
        'ended 105 detail=voicemail @34:20'
    ],
    'a mobile without its own limit': [
        'entered 108 detail=106 @',
        'reached 106 place=user:106@35:3 @35:3',
        'rang 106 place=user:106@35:3 outcome=busy seconds=0 dialled=106 @35:3',
        'outcome 106 place=user:106@35:3 outcome=busy @35:3',
        'diverted 106 reason=busy places=outside:+393335550101@35:56 @35:56',
        'reached +393335550101 place=outside:+393335550101@35:56 @35:56',
        'rang +393335550101 place=outside:+393335550101@35:56 outcome=unreachable seconds=0 dialled=+393335550101 @35:56',
        'outcome +393335550101 place=outside:+393335550101@35:56 outcome=unreachable @35:56',
        'ended 486 detail=released @'
    ],
    'a service that gives the call back': [
        'entered 108 detail=700 @',
        'reached queue place=service:queue@41:12 @41:12',
        'came_back queue place=service:queue@41:12 @41:12',
        'ended 480 detail=released @'
    ],
    'an emergency': [
        'entered 108 detail=112 @5:3',
        'rang 112 seconds=0 dialled=112 @',
        'ended 112 detail=answered @'
    ],
    'an inbound number and its second place': [
        'entered +393471112222 detail=+390212345000 @',
        'reached +390212345000 place=inbound:+390212345000@17:3 @17:3',
        'reached 110 place=user:110@17:64 @17:64',
        'rang 110 place=user:110@17:64 outcome=no_answer seconds=20 dialled=110 @17:64',
        'outcome 110 place=user:110@17:64 outcome=no_answer @17:64',
        'no_rule 110 outcome=no_answer @39:3',
        'reached po place=operator:po@17:71 @17:71',
        'rang po place=operator:po@17:71 seconds=0 dialled=108+109 @17:71',
        'ended 108 detail=answered @37:3'
    ],
    'an inbound number at night': [
        'entered +393471112222 detail=+390212345000 @',
        'reached +390212345000 place=inbound:+390212345000@17:3 @17:3',
        'reached closed place=announce:closed@17:25 @17:25',
        'ended closed detail=announced @17:25'
    ],
    'an inbound number without a rule': [
        'entered anonymous detail=+390212345001 @',
        'reached +390212345001 place=inbound:+390212345001@18:3 @18:3',
        'no_rule +390212345001 @18:3',
        'ended 480 detail=released @'
    ],
    'an operator position, its overflow and a caller who is a member': [
        'entered 103 detail=9 @',
        'reached po place=operator:po@13:3 @13:3',
        'rang po place=operator:po@13:3 outcome=no_answer seconds=18 dialled=108 @13:3',
        'outcome po place=operator:po@13:3 outcome=no_answer @13:3',
        'overflow po place=operator:po@13:3 places=group:sales@13:75>mailbox:101@13:90 @13:3',
        'reached sales place=group:sales@13:75 @13:75',
        'member_skipped 103 @15:3',
        'rang sales place=group:sales@13:75 outcome=busy seconds=0 dialled=102 @13:75',
        'outcome sales place=group:sales@13:75 outcome=busy @13:75',
        'reached 101 place=mailbox:101@13:90 @13:90',
        'ended 101 detail=voicemail @13:90'
    ],
    'any mailbox': [
        'entered 108 detail=*98 @',
        'ended * detail=mailbox @'
    ],
    'back to the caller': [
        'entered 111 detail=107 @',
        'reached 107 place=user:107@36:3 @36:3',
        'not_diverted_visited 107 @36:59',
        'rang 107 place=user:107@36:3 outcome=busy seconds=0 @36:3',
        'outcome 107 place=user:107@36:3 outcome=busy @36:3',
        'diverted 107 reason=busy places=release:busy@36:72 @36:72',
        'reached busy place=release:busy@36:72 @36:72',
        'ended 486 detail=released @36:72'
    ],
    'both rules of a call from outside': [
        'entered +393471112222 detail=+390212345101 @',
        'reached 101 place=user:101@20:3 @20:3',
        'rang 101 place=user:101@20:3 outcome=busy seconds=0 dialled=101 @20:3',
        'outcome 101 place=user:101@20:3 outcome=busy @20:3',
        'diverted 101 reason=busy places=user:103@30:31 @30:31',
        'diverted 101 reason=busy places=outside:+393335550101/15/True@28:19>outside:+393335550101@28:56>user:102@28:64 @28:13',
        'own_mailbox 101 place=mailbox:101@25:5 @25:5',
        'reached 103 place=user:103@30:31 @30:31',
        'diverted 103 reason=unconditional places=user:104@32:65 @32:65',
        'reached 104 place=user:104@32:65 @32:65',
        'not_diverted_max 104 places=user:105@33:48 @33:48',
        'rang 104 place=user:104@32:65 seconds=0 dialled=104 @32:65',
        'ended 104 detail=answered @33:3'
    ],
    'carried by the second trunk': [
        'entered 111 detail=+49301234567 @7:3',
        'not_carried carrier detail=503 @',
        'rang +49301234567 seconds=0 dialled=+49301234567 @',
        'ended +49301234567 detail=answered @'
    ],
    'dialled out': [
        'entered 101 detail=0212345999 @6:3',
        'rang +390212345999 seconds=0 dialled=+390212345999 @',
        'ended +390212345999 detail=answered @'
    ],
    'dialled out, busy': [
        'entered 101 detail=0212345999 @6:3',
        'rang +390212345999 outcome=busy seconds=0 dialled=+390212345999 @',
        'ended 486 outcome=busy detail=released @'
    ],
    'dialled out, no answer': [
        'entered 101 detail=0212345999 @6:3',
        'rang +390212345999 outcome=no_answer seconds=120 dialled=+390212345999 @',
        'ended 480 outcome=no_answer detail=released @'
    ],
    "follow-me, and one leg is the caller's": [
        'entered 108 detail=109 @',
        'reached 109 place=user:109@38:3 @38:3',
        'rang 109 place=user:109@38:3 outcome=no_answer seconds=20 dialled=109 @38:3',
        'outcome 109 place=user:109@38:3 outcome=no_answer @38:3',
        'no_rule 109 outcome=no_answer @38:3',
        'ended 480 detail=released @'
    ],
    'no mailbox': [
        'entered 108 detail=*97 @',
        'refused 404 detail=no_mailbox @'
    ],
    'no route': [
        'entered 108 detail=+3312345678 @',
        'refused 404 detail=no_route @'
    ],
    'no such number': [
        'entered 108 detail=*43 @',
        'refused 404 detail=no_such_number @'
    ],
    'not allowed': [
        'entered 108 detail=0212345999 @',
        'refused 403 detail=class_forbids @'
    ],
    'not inbound': [
        'entered +393471112222 detail=+390212345999 @',
        'refused 404 detail=not_inbound @'
    ],
    'operator return with its own seconds': [
        'entered +393471112222 detail=+390212345101 @',
        'reached 101 place=user:101@20:3 @20:3',
        'rang 101 place=user:101@20:3 outcome=no_answer seconds=9 dialled=101 @20:3',
        'outcome 101 place=user:101@20:3 outcome=no_answer @20:3',
        'diverted 101 reason=no_answer places=user:103/5@30:55>user:106/5@30:62 @30:49',
        'diverted 101 reason=no_answer places=user:102@29:23 @29:18',
        'own_mailbox 101 place=mailbox:101@25:5 @25:5',
        'reached 103 place=user:103/5@30:55 @30:55',
        'diverted 103 reason=unconditional places=user:104@32:65 @32:65',
        'reached 104 place=user:104@32:65 @32:65',
        'not_diverted_max 104 places=user:105@33:48 @33:48',
        'rang 104 place=user:104@32:65 seconds=0 dialled=104 @32:65',
        'ended 104 detail=answered @33:3'
    ],
    'the own mailbox': [
        'entered 105 detail=*97 @',
        'ended 105 detail=mailbox @'
    ],
    'to a mobile, which is tried once': [
        'entered 108 detail=101 @',
        'reached 101 place=user:101@20:3 @20:3',
        'rang 101 place=user:101@20:3 outcome=busy seconds=0 dialled=101 @20:3',
        'outcome 101 place=user:101@20:3 outcome=busy @20:3',
        'diverted 101 reason=busy places=outside:+393335550101/15/True@28:19>outside:+393335550101@28:56>user:102@28:64 @28:13',
        'own_mailbox 101 place=mailbox:101@25:5 @25:5',
        'reached +393335550101 place=outside:+393335550101/15/True@28:19 @28:19',
        'rang +393335550101 place=outside:+393335550101/15/True@28:19 outcome=no_answer seconds=10 dialled=+393335550101 @28:19',
        'outcome +393335550101 place=outside:+393335550101/15/True@28:19 outcome=no_answer @28:19',
        'skipped_visited +393335550101 place=outside:+393335550101@28:56 @28:56',
        'reached 102 place=user:102@28:64 @28:64',
        'rang 102 place=user:102@28:64 outcome=unreachable seconds=0 @28:64',
        'outcome 102 place=user:102@28:64 outcome=unreachable @28:64',
        'diverted 102 reason=unreachable places=release:hangup@31:76 @31:76',
        'reached hangup place=release:hangup@31:76 @31:76',
        'ended 480 detail=released @31:76'
    ],
    'too often back from outside': [
        'entered +393471112222 detail=+390212345101 @',
        'reached 101 place=user:101@20:3 @20:3',
        'rang 101 place=user:101@20:3 outcome=busy seconds=0 dialled=101 @20:3',
        'outcome 101 place=user:101@20:3 outcome=busy @20:3',
        'diverted 101 reason=busy places=user:103@30:31 @30:31',
        'diverted 101 reason=busy places=outside:+393335550101/15/True@28:19>outside:+393335550101@28:56>user:102@28:64 @28:13',
        'own_mailbox 101 place=mailbox:101@25:5 @25:5',
        'reached 103 place=user:103@30:31 @30:31',
        'diverted 103 reason=unconditional places=user:104@32:65 @32:65',
        'reached 104 place=user:104@32:65 @32:65',
        'not_diverted_max 104 places=user:105@33:48 @33:48',
        'rang 104 place=user:104@32:65 outcome=busy seconds=0 dialled=104 @32:65',
        'outcome 104 place=user:104@32:65 outcome=busy @32:65',
        'no_rule 104 outcome=busy @33:3',
        'skipped_carried +393335550101 place=outside:+393335550101/15/True@28:19 @28:19',
        'skipped_carried +393335550101 place=outside:+393335550101@28:56 @28:56',
        'reached 102 place=user:102@28:64 @28:64',
        'rang 102 place=user:102@28:64 seconds=0 dialled=102 @28:64',
        'ended 102 detail=answered @31:3'
    ],
    'transferred': [
        'entered +393471112222 detail=+390212345000 @',
        'reached +390212345000 place=inbound:+390212345000@17:3 @17:3',
        'reached 110 place=user:110@17:64 @17:64',
        'rang 110 place=user:110@17:64 seconds=0 dialled=110 @17:64',
        'ended 110 detail=answered @39:3',
        'transferred 110 detail=108 @',
        'entered +393471112222 detail=108 @',
        'reached 108 place=user:108@37:3 @37:3',
        'rang 108 place=user:108@37:3 outcome=busy seconds=0 dialled=108 @37:3',
        'outcome 108 place=user:108@37:3 outcome=busy @37:3',
        'no_rule 108 outcome=busy @37:3',
        'recalled 110 place=user:110@39:3 @39:3',
        'rang 110 place=user:110@39:3 seconds=0 dialled=110 @39:3',
        'ended 110 detail=answered @39:3'
    ],
    'transferred by the caller': [
        'entered 111 detail=110 @',
        'reached 110 place=user:110@39:3 @39:3',
        'rang 110 place=user:110@39:3 seconds=0 dialled=110 @39:3',
        'ended 110 detail=answered @39:3',
        'transferred 111 detail=104 @',
        'entered 110 detail=104 @',
        'reached 104 place=user:104@33:3 @33:3',
        'diverted 104 reason=unconditional places=user:105@33:48 @33:48',
        'reached 105 place=user:105@33:48 @33:48',
        'diverted 105 reason=unconditional places=user:106@34:65 @34:65',
        'own_mailbox 105 place=mailbox:105@34:20 @34:20',
        'reached 106 place=user:106@34:65 @34:65',
        'rang 106 place=user:106@34:65 seconds=0 dialled=106 @34:65',
        'ended 106 detail=answered @35:3'
    ],
    'transferred to mailbox access': [
        'entered +393471112222 detail=+390212345101 @',
        'reached 101 place=user:101@20:3 @20:3',
        'rang 101 place=user:101@20:3 seconds=0 dialled=101 @20:3',
        'ended 101 detail=answered @20:3',
        'transferred 101 detail=*98 @',
        'entered +393471112222 detail=*98 @',
        'refused 404 detail=no_such_number @'
    ],
    'written: hangup': [
        'entered 108 detail=102 @',
        'reached 102 place=user:102@31:3 @31:3',
        'rang 102 place=user:102@31:3 outcome=unreachable seconds=0 @31:3',
        'outcome 102 place=user:102@31:3 outcome=unreachable @31:3',
        'diverted 102 reason=unreachable places=release:hangup@31:76 @31:76',
        'reached hangup place=release:hangup@31:76 @31:76',
        'ended 480 detail=released @31:76'
    ]
}
