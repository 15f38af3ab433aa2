# -*- coding: utf-8 -*-
# snapshottest: v1 - https://goo.gl/zC4yUc
from __future__ import unicode_literals

from snapshottest import Snapshot


snapshots = Snapshot()

snapshots['test_the_source_layers_messages 1'] = {
    '''- a
''': '''acme.yaml:1:1: error[PBX009]: a source is a mapping: 'key: value' on its outermost level
1 | - a
  | ^^^
  = help: begin with 'version: 1'

1 error
''',
    '''a:
\tb: 1
''': '''acme.yaml:2:1: error[PBX011]: a tab where YAML wants spaces
2 |     b: 1
  | ^^^^
  = help: indent with spaces

1 error
''',
    '''a: !vip x
''': '''acme.yaml:1:4: error[PBX015]: the tag !vip is unknown
1 | a: !vip x
  |    ^^^^^^
  = help: quote a value that begins with '!'

1 error
''',
    '''a: &x [*x]
''': '''acme.yaml:1:8: error[PBX019]: the alias '*x' is inside the value of its own anchor
1 | a: &x [*x]
  |        ^^
  --> acme.yaml:1:4: '&x' begins here
1 | a: &x [*x]
  |    ----
  = help: a value cannot contain itself: repeat what is meant, or move the anchor

1 error
''',
    '''a: 'x
b: 1
''': '''acme.yaml:1:4: error[PBX010]: a quote that is never closed
1 | a: 'x
  |    ^
  = help: close it; in single quotes write \' as \'\', in double quotes write " as \\"

1 error
''',
    '''a: *97
''': '''acme.yaml:1:4: error[PBX018]: the alias '*97' has no anchor '&97' before it
1 | a: *97
  |    ^^^
  = help: write "*97" in quotes if it is a text, or put \'&97\' before the value that it repeats

1 error
''',
    '''a: 1
b: 2
a: 3
''': '''acme.yaml:3:1: error[PBX012]: the key 'a' is written twice
3 | a: 3
  | ^
  --> acme.yaml:1:1: first written here
1 | a: 1
  | -
  = help: remove one of them, or put what they say together

1 error
''',
    '''a: [1, 2
b: 3
''': '''acme.yaml:2:2: error[PBX010]: expected ',' or ']' in the list
2 | b: 3
  |  ^
  --> acme.yaml:1:4: the list begins here
1 | a: [1, 2
  |    -
  = help: close the list with ']'; quote an element that contains any of [ ] { } , :

1 error
''',
    '''a: b: c
''': '''acme.yaml:1:5: error[PBX010]: a second ': ' on the line, or a line indented too far
1 | a: b: c
  |     ^
  = help: quote a value that contains ': '; give a key with keys of its own no value on its line

1 error
''',
    '''a: {match: +39[03]X., t: c}
''': '''acme.yaml:1:15: error[PBX010]: expected ',' or '}' in the mapping
1 | a: {match: +39[03]X., t: c}
  |               ^
  --> acme.yaml:1:4: the mapping begins here
1 | a: {match: +39[03]X., t: c}
  |    -
  = help: close the mapping with '}'; quote a value that contains any of [ ] { } , :

1 error
'''
}
