# Sourced by demo.sh and check.sh: installs what is missing and says so.

say() {
    printf '\n== %s\n' "$*"
}

# install_packages GROUP...: the packages of tools/packages in those groups.
install_packages() {
    local missing=() group package
    while read -r group package _; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done < <(grep -v '^#' tools/packages)
    if [ ${#missing[@]} -eq 0 ]; then
        say "all packages of tools/packages ($*) are installed"
        return
    fi

    say "installing: ${missing[*]}"
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "not root and no sudo: install these packages, then run this again" >&2
            exit 3
        }
        sudo=(sudo)
    fi
    "${sudo[@]}" apt-get update -qq
    # Installing coturn must not start a TURN server on this machine: the lab starts its own.
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq \
        --no-install-recommends "${missing[@]}" >/dev/null
}

# build_in DIRECTORY OPTION...: configures (again) and builds.
build_in() {
    local directory=$1
    shift
    if [ -f "$directory/build.ninja" ]; then
        meson configure "$directory" "$@"
    else
        meson setup "$directory" "$@" >/dev/null
    fi
    ninja -C "$directory"
}
