#!/usr/bin/env bash
# `suite --junit` is valid by a schema of JUnit XML, and an XML parser finds in it what the lines came to.
. "$(dirname "$0")/support.sh"
command -v xmllint >/dev/null || skip 'xmllint is not to be had here (libxml2-utils)'
write_models

# value FILE XPATH: what libxml2 finds there.
value() { xmllint --xpath "$2" "$1" 2>xmllint.log; }

# expect_value FILE XPATH VALUE
expect_value() {
    local found
    checks=$((checks + 1))
    found=$(value "$1" "$2")
    [ "$found" = "$3" ] || fail "$command_line: $2 is '$found', '$3' expected"
}

expect_valid() {
    checks=$((checks + 1))
    xmllint --noout --schema "$here/junit.xsd" "$1" 2>xmllint.log || {
        fail "$command_line: $1 is not valid"
        sed 's/^/    /' xmllint.log
    }
}

name=$'<a> & "b" \'c\' \xc3\xbc\x01.c'
{
    printf '/*\n * %s\n' 'expect --cpus 1: holds' 'expect --cpus 2: holds' 'expect --cpus 2: violated assertion message=<&>*' \
        'expect --cpus 2 --max-states 3: holds' 'expect --cpus 2 --patch none.patch: holds'
    printf ' */\n'
    cat violated.c
} | sed '/^\/\*$/{1!d}' >"$name"
printf '/* expect --cpus 2: holds */\n' | cat - holds.c >good.c
run suite "$name" good.c --junit result.xml
expect 1
expect_valid result.xml
expect_value result.xml 'string(/testsuites/@tests)' 6
expect_value result.xml 'count(//testsuite)' 2
expect_value result.xml 'count(//testcase)' 6
expect_value result.xml 'count(//failure)' 2
expect_value result.xml 'string(//testsuite[1]/@failures)' 2
expect_value result.xml 'count(//error)' 1
expect_value result.xml 'count(//skipped)' 1
expect_value result.xml 'string(//testsuite[1]/@name)' $'<a> & "b" \'c\' \xc3\xbc.c'
expect_value result.xml 'string(//testcase[1]/@name)' '--cpus 1: holds'
expect_value result.xml 'string(//testcase[3]/@name)' '--cpus 2: violated assertion message=<&>*'
expect_value result.xml 'string(//testcase[5]/error/@message)' 'exit status 2'
expect_value result.xml 'string(//testcase[4]/skipped/@message)' \
    'unknown: the limit of 3 states is reached (--max-states)'
expect_value result.xml 'count(//testcase[@time > 0])' 6

# To standard output: only the XML, and the text goes to standard error.
run suite good.c --junit -
expect 0
expect_valid out
expect_text err '^ok +good\.c'

# The schema notices what is wrong.
sed 's/tests="5"/tests="-5"/' result.xml >broken.xml
checks=$((checks + 1))
! xmllint --noout --schema "$here/junit.xsd" broken.xml 2>/dev/null || fail 'a negative count was not noticed'
finish
