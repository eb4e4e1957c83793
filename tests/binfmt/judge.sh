# What the scripts of this folder share.

# judge NAME STATUS PATTERN COMMAND...: it ends so, and prints this somewhere (or nothing, for '').
judge() {
    local name=$1 status=$2 pattern=$3 got
    shift 3
    wanted "$name" || { "$@" >/dev/null 2>&1; return 0; }
    "$@" >"$work/out" 2>&1
    got=$?
    if [[ $got -ne $status ]]; then
        fail "$name" "exit status $got: $(head -3 "$work/out")"
    elif [[ $pattern && $(<"$work/out") != *"$pattern"* ]] || [[ ! $pattern && -s $work/out ]]; then
        fail "$name" "it says: $(head -3 "$work/out")"
    else
        pass "$name"
    fi
}
