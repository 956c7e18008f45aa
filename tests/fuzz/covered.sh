#!/bin/sh
# A wrapper of rustc that has libFuzzer see which code of ours an input reaches.
rustc="$1"
shift
case " $* " in
*" --crate-name atlas_aect "* | *" --crate-name reading "* | *" --crate-name workbooks "*)
    exec "$rustc" "$@" -Cpasses=sancov-module -Ccodegen-units=1 \
        -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
        -Cllvm-args=-sanitizer-coverage-pc-table
    ;;
*) exec "$rustc" "$@" ;;
esac
