#!/usr/bin/env bash
# The whole story with curl alone: a picture, two takes that are watched while they grow, a shot that goes on from the
# middle, a second made anew, a film, a file, a link, and a new project from a clip.
#
#   docs/story.sh [PICTURE] [FOLDER]          files go to FOLDER (story)
#   STUDIO=https://studio.example TOKEN=... docs/story.sh      another studio than this machine's, by a personal token
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
picture=${1:-$here/samples/coffee.jpg}
folder=${2:-story}
studio=${STUDIO:-http://localhost:8000}
api=$studio/api/v1
mkdir -p "$folder"
cookies=$folder/cookies

# Whoever changes something shows a token: a personal one, or on this machine the one that every page gets.
if [ -n "${TOKEN:-}" ]; then
    key=(-H "Authorization: Bearer $TOKEN")
else
    curl -fsS -c "$cookies" -o "$folder/me.json" "$api/me"
    key=(-b "$cookies" -H "X-CSRFToken: $(awk '$6 == "csrftoken" { print $7 }' "$cookies")")
fi
new_id() { python3 -c 'import uuid; print(uuid.uuid4())'; }
# One value out of an answer: pick '["takes"][0]["id"]'
pick() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }
get() { curl -fsS "${key[@]}" "$api$1"; }
send() { curl -fsS "${key[@]}" -H "Content-Type: application/json" -X "$1" --data "$3" "$api$2"; }
# A request with a key may be sent again, however often: it is carried out once.
order() { curl -fsS "${key[@]}" -H "Content-Type: application/json" -H "Idempotency-Key: $(new_id)" --data "$2" "$api$1"; }
# Ask until a value is one of these: until_is /takes/ID '["status"]' succeeded failed
until_is() {
    local path=$1 what=$2 value wanted
    shift 2
    while true; do
        value=$(get "$path" | pick "$what")
        for wanted in "$@"; do [ "$value" = "$wanted" ] && { echo "$value"; return; }; done
        sleep 0.3
    done
}
say() { printf '%s\n' "$*"; }

# 1. Upload (tus 1.0): announce, then send the bytes. An interrupted upload goes on from its Upload-Offset.
size=$(wc -c <"$picture" | tr -d ' ')
upload=$(curl -fsS "${key[@]}" -D - -o /dev/null -X POST -H "Tus-Resumable: 1.0.0" -H "Upload-Length: $size" \
    -H "Upload-Metadata: filename $(basename "$picture" | base64)" "$api/uploads" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
curl -fsS "${key[@]}" -X PATCH -H "Tus-Resumable: 1.0.0" -H "Upload-Offset: 0" \
    -H "Content-Type: application/offset+octet-stream" --data-binary "@$picture" "$studio$upload"
until_is "${upload#/api/v1}" '["status"]' ready failed >/dev/null
asset=$(get "${upload#/api/v1}" | pick '["asset"]["id"]')
say "uploaded as $asset"

# 2. A project that starts with the picture, and a shot that grows from it.
project=$(order /projects "{\"asset\": \"$asset\", \"title\": \"By curl\"}" | pick '["id"]')
image=$(get "/projects/$project/canvas" | pick '["nodes"][0]["id"]')
grow() { # grow NODE X,Y FIELDS: an edit of the canvas; every edit can be undone
    local x=${2%,*} y=${2#*,}
    send POST "/projects/$project/ops" "{\"client_id\": \"curl\", \"ops\": [{\"id\": \"$(new_id)\", \"group_id\": \"$(new_id)\",
        \"type\": \"node.create\", \"node\": {\"id\": \"$1\", \"kind\": \"shot\", \"x\": $x, \"y\": $y, \"width\": 320,
        \"height\": 448, $3}}]}" >/dev/null
}
shot=$(new_id)
# Below the empty shot that a new project begins with.
grow "$shot" 316,520 "\"parent_node_id\": \"$image\", \"prompt\": \"slow zoom in\", \"duration_s\": 3"

# 3. Two variations of three seconds; each second of the first is fetched as soon as it is there.
takes=$(order "/shots/$shot/takes" '{"count": 2}')
first=$(pick '["takes"][0]["id"]' <<<"$takes")
second=$(pick '["takes"][1]["id"]' <<<"$takes")
growing=$folder/growing.mp4
fetched=0
while [ "$fetched" -lt 3 ]; do
    ready=$(get "/takes/$first" | pick '["seconds_ready"]')
    [ "$ready" -gt 0 ] && [ "$fetched" -eq 0 ] && get "/takes/$first/live/init.mp4" >"$growing"
    while [ "$fetched" -lt "$ready" ]; do
        fetched=$((fetched + 1))
        get "/takes/$first/live/$fetched.m4s" >>"$growing"
        say "second $fetched of the first take is in $growing"
    done
    sleep 0.3
done
ended=$(until_is "/takes/$first" '["status"]' succeeded failed)
get "/takes/$first/media" >"$folder/first.mp4"
say "first take: $ended; second: $(until_is "/takes/$second" '["status"]' succeeded failed)"

# 4. On from the middle: 36 frames are a second and a half.
next=$(new_id)
grow "$next" 732,520 "\"parent_take_id\": \"$first\", \"parent_frames\": 36, \"prompt\": \"pan left\", \"duration_s\": 2"
child=$(order "/shots/$next/takes" '{"count": 1}' | pick '["takes"][0]["id"]')
say "on from 1.5 s: $(until_is "/takes/$child" '["status"]' succeeded failed)"

# 5. The first second stays, the others are made anew.
again=$(order "/takes/$first/regenerate" '{"from_second": 2, "prompt": "slow tilt up"}' | pick '["id"]')
say "again from second 2: $(until_is "/takes/$again" '["status"]' succeeded failed)"

# 6. A film of the path that leads to the last shot, as a file.
film=$(order /films "{\"project\": \"$project\"}" | pick '["id"]')
order "/films/$film/build" "{\"node_id\": \"$next\"}" >/dev/null
export=$(order "/films/$film/exports" '{"preset": "small_720p", "srt": true}' | pick '["id"]')
until_is "/exports/$export" '["status"]' succeeded failed >/dev/null
get "/exports/$export/media" >"$folder/film.mp4"
say "film: $folder/film.mp4, $(wc -c <"$folder/film.mp4" | tr -d ' ') bytes"

# 7. A link for others to watch it, without an account.
link=$(order "/projects/$project/shares" "{\"scope\": \"film\", \"film_id\": \"$film\"}" | pick '["url"]')
curl -fsS "$api/public/s/${link##*/}" >"$folder/shared.json"
say "to share: $link"

# 8. Another project that starts where a clip ends.
clip=$(get "/takes/$child" | pick '["asset_id"]')
say "new project from the clip: $studio/p/$(order "/assets/$clip/new-project" '{}' | pick '["id"]')"
