#!/usr/bin/env bash
# Ranks this week's exports for one brief, says who entered, who left and why, and renews the figures of the shortlist that people edit.
#
#   examples/pipeline.sh BRIEF FOLDER [DATE]
#
# BRIEF   the brief, a TOML file
# FOLDER  this week's exports: every .csv, .tsv and .xlsx directly in it is one pool
# DATE    the day the result is filed under, YYYY-MM-DD (default: KOLSCORE_DATE, else today)
#
# It writes OUT/DATE/ranking.csv and OUT/DATE/run.json, leaves every earlier week as it is, and
# compares with the latest one before DATE. A week that is already there is never overwritten, and only a
# complete result gets its folder. OUT/norms.json freezes the peers of the first week, so that weeks can be
# compared; delete it to take new ones. OUT/shortlist.csv is the cart: the first of each board are added to it,
# and what people wrote there stays.
#
# KOLSCORE       the binary (default: `kolscore` on the path, else target/release/kolscore)
# KOLSCORE_OUT   where results are kept (default: out)
# KOLSCORE_TOP   how many of each board are compared, and put into the cart (default: 20)
#
# The report goes to standard output, everything else to standard error.
# Exit status: 0 done; 2 wrong usage; 3 the week is already there; 127 no binary; else kolscore's own.

set -euo pipefail

stop() { # stop STATUS MESSAGE [HINT]
  printf 'error: %s\n' "$2" >&2
  if [ $# -gt 2 ]; then
    printf 'hint: %s\n' "$3" >&2
  fi
  exit "$1"
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

find_kolscore() {
  if [ -n "${KOLSCORE:-}" ]; then
    command -v -- "$KOLSCORE"
  elif command -v kolscore; then
    :
  elif [ -x "$here/../target/release/kolscore" ]; then
    printf '%s\n' "$here/../target/release/kolscore"
  else
    return 1
  fi
}

# The latest week before DATE that holds a ranking; nothing if there is none.
previous_week() { # previous_week OUT DATE
  local found='' folder name
  for folder in "$1"/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]; do
    name=${folder##*/}
    if [ -f "$folder/run.json" ] && [[ $name < $2 ]]; then
      found=$name
    fi
  done
  printf '%s\n' "$found"
}

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  stop 2 'a brief and a folder are needed' "usage: ${0##*/} BRIEF FOLDER [YYYY-MM-DD]"
fi
brief=$1
folder=${2%/}
date=${3:-${KOLSCORE_DATE:-$(date +%Y-%m-%d)}}
out=${KOLSCORE_OUT:-out}
top=${KOLSCORE_TOP:-20}

[ -f "$brief" ] || stop 2 "no brief at \`$brief\`"
[ -d "${folder:-/}" ] || stop 2 "no folder at \`$2\`"
case $date in
  [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]) ;;
  *) stop 2 "\`$date\` is no date" 'write it as 2026-11-22' ;;
esac
case $top in
  '' | *[!0-9]* | 0) stop 2 "KOLSCORE_TOP is \`$top\`, not a number above zero" ;;
esac
case $folder in
  -*) folder=./$folder ;; # a name that begins with a dash is no flag
esac

kolscore=$(find_kolscore) || stop 127 "no kolscore: \`${KOLSCORE:-kolscore}\` is not a program" "build it with \`cargo build --release\`, or name it: KOLSCORE=/path/to/kolscore"

shopt -s nullglob
files=("$folder"/*.csv "$folder"/*.tsv "$folder"/*.xlsx)
[ ${#files[@]} -gt 0 ] || stop 2 "no .csv, .tsv or .xlsx in \`$folder\`"

week=$out/$date
[ ! -e "$week" ] || stop 3 "\`$week\` is already there" 'move it away to rank this week again'

mkdir -p "$out"
scratch=$(mktemp -d "$out/.week.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

run() { # run WHAT ARGUMENT…: one kolscore command over this week's files
  local status=0
  "$kolscore" "$@" -b "$brief" "${files[@]}" >&2 || status=$?
  [ "$status" -eq 0 ] || stop "$status" "kolscore stopped with status $status; nothing was filed under $date"
}

mkdir "$scratch/week"
[ -f "$out/norms.json" ] || run norms -o "$out/norms.json"
run rank --norms "$out/norms.json" -o "$scratch/week/ranking.csv"
run rank --norms "$out/norms.json" -o "$scratch/week/run.json"
run shortlist add --top "$top" --norms "$out/norms.json" --cart "$out/shortlist.csv"
mv "$scratch/week" "$week"

printf '%s: %d files ranked for %s\n' "$date" "${#files[@]}" "$brief"
previous=$(previous_week "$out" "$date")
if [ -z "$previous" ]; then
  printf 'no earlier week in %s: nothing to compare\n' "$out"
else
  printf 'against %s\n' "$previous"
  "$kolscore" diff "$out/$previous/run.json" "$week/run.json" --top "$top"
fi
printf '\n'
"$kolscore" shortlist list --by status --cart "$out/shortlist.csv"
