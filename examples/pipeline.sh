#!/usr/bin/env bash
# Ranks this week's exports for one brief and says who entered and who left since the last run.
#
#   examples/pipeline.sh BRIEF FOLDER [DATE]
#
# BRIEF   the brief, a TOML file
# FOLDER  this week's exports: every .csv, .tsv and .xlsx directly in it is one pool
# DATE    the day the result is filed under, YYYY-MM-DD (default: KOLSCORE_DATE, else today)
#
# It writes OUT/DATE/shortlist.csv and OUT/DATE/run.json, leaves every earlier week as it is, and
# compares with the latest one before DATE. A week that is already there is never overwritten: people
# write notes into shortlists. Only a complete result gets its folder.
#
# KOLSCORE       the binary (default: `kolscore` on the path, else target/release/kolscore)
# KOLSCORE_OUT   where results are kept (default: out)
# KOLSCORE_TOP   how many of each board are compared (default: 20)
#
# The report goes to standard output, everything else to standard error.
# Exit status: 0 done; 2 wrong usage; 3 the week is already there; 127 no binary; else kolscore's own.

set -euo pipefail
export LC_ALL=C # the order of `sort`, `comm` and `join` must not depend on who runs this

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

# The objects of a JSON file under the key "counts", as `  name: number` lines; needs no jq.
counts() {
  tr -d '\n\r' <"$1" | awk '
    {
      start = index($0, "\"counts\"")
      if (!start) exit
      rest = substr($0, start + 8)
      open = index(rest, "{")
      depth = 0
      for (end = open; end <= length(rest); end++) {
        c = substr(rest, end, 1)
        if (c == "{") depth++
        if (c == "}" && --depth == 0) break
      }
      rest = substr(rest, open, end - open)
      while (match(rest, /"[^"]*"[ \t]*:[ \t]*[0-9]+/)) {
        pair = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        split(pair, part, "\"")
        number = pair
        sub(/^.*:[ \t]*/, "", number)
        print "  " part[2] ": " number
      }
    }'
}

# `id <tab> kind <tab> rank` of the first N of each board, sorted by id. The first three columns of a
# shortlist are rank, kind and id; a cell that runs over several lines never begins like a row.
leaders() { # leaders SHORTLIST N
  awk -v top="$2" '
    NR == 1 {
      sub(/^\357\273\277/, "")
      if ($0 !~ /^rank,kind,id,/) {
        print "error: the columns do not begin with rank,kind,id" > "/dev/stderr"
        exit 1
      }
      next
    }
    /^[0-9]+,[A-Za-z]+,/ {
      split($0, head, ",")
      rest = substr($0, length(head[1]) + length(head[2]) + 3)
      if (substr(rest, 1, 1) == "\"") {
        rest = substr(rest, 2)
        id = substr(rest, 1, index(rest, "\"") - 1)
      } else {
        id = substr(rest, 1, index(rest, ",") - 1)
      }
      if (id != "" && head[1] + 0 <= top + 0) print id "\t" head[2] "\t" head[1]
    }' "$1" | sort -t "$tab" -k 1,1 -k 2,2
}

# The latest week before DATE that holds a shortlist; nothing if there is none.
previous_week() { # previous_week OUT DATE
  local found='' folder name
  for folder in "$1"/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]; do
    name=${folder##*/}
    if [ -f "$folder/shortlist.csv" ] && [[ $name < $2 ]]; then
      found=$name
    fi
  done
  printf '%s\n' "$found"
}

indented() { # indented SIGN: `id kind rank` lines as `  SIGN kind rank id`, by board and rank
  sort -t "$tab" -k 2,2 -k 3,3n -k 1,1 | awk -F "$tab" -v sign="$1" '{ print "  " sign " " $2 " " $3 " " $1 }'
}

compare() { # compare EARLIER_SHORTLIST LATER_SHORTLIST
  leaders "$1" "$top" >"$scratch/then"
  leaders "$2" "$top" >"$scratch/now"
  cut -f 1 "$scratch/then" | sort -u >"$scratch/then.ids"
  cut -f 1 "$scratch/now" | sort -u >"$scratch/now.ids"
  comm -13 "$scratch/then.ids" "$scratch/now.ids" >"$scratch/entered.ids"
  comm -23 "$scratch/then.ids" "$scratch/now.ids" >"$scratch/left.ids"
  comm -12 "$scratch/then.ids" "$scratch/now.ids" >"$scratch/stayed.ids"
  printf 'entered: %d\n' "$(wc -l <"$scratch/entered.ids")"
  join -t "$tab" "$scratch/entered.ids" "$scratch/now" | indented '+'
  printf 'left: %d\n' "$(wc -l <"$scratch/left.ids")"
  join -t "$tab" "$scratch/left.ids" "$scratch/then" | indented '-'
  printf 'stayed: %d\n' "$(wc -l <"$scratch/stayed.ids")"
}

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  stop 2 'a brief and a folder are needed' "usage: ${0##*/} BRIEF FOLDER [YYYY-MM-DD]"
fi
brief=$1
folder=${2%/}
date=${3:-${KOLSCORE_DATE:-$(date +%Y-%m-%d)}}
out=${KOLSCORE_OUT:-out}
top=${KOLSCORE_TOP:-20}
tab=$(printf '\t')

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

rank() { # rank FILE: the whole ranking in the format of the file's extension
  local status=0
  "$kolscore" rank -b "$brief" "${files[@]}" -o "$1" >&2 || status=$?
  [ "$status" -eq 0 ] || stop "$status" "kolscore stopped with status $status; nothing was filed under $date"
}

mkdir "$scratch/week"
rank "$scratch/week/shortlist.csv"
rank "$scratch/week/run.json"
mv "$scratch/week" "$week"

printf '%s: %d files ranked for %s\n' "$date" "${#files[@]}" "$brief"
counts "$week/run.json"

previous=$(previous_week "$out" "$date")
if [ -z "$previous" ]; then
  printf 'no earlier week in %s: nothing to compare\n' "$out"
else
  printf 'top %d of each board, against %s\n' "$top" "$previous"
  compare "$out/$previous/shortlist.csv" "$week/shortlist.csv"
fi
