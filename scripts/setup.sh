# Sourced by the other scripts: a virtual environment in .venv that holds exactly requirements/dev.txt.
# Needs python3 >= 3.11 with venv; downloads only hashed packages; settings of pip and uv in the environment are ignored.
set -eu
cd "$(dirname "$0")/.."

fail() { echo "error: $1" >&2; exit 1; }

clean() {  # the person's own pip and uv settings must not decide what is installed
    for name in $(env | sed -n 's/^\(\(PIP\|UV\)_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
}

stamp() { cat requirements/dev.txt pyproject.toml | python3 -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest(), sys.version_info[:2])'; }

command -v python3 >/dev/null || fail "python3 is not on PATH; install Python 3.11 or newer"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "$(python3 --version) is too old; Python 3.11 or newer is needed"

install() {  # one chain: `set -e` does not hold inside a condition
    clean
    echo "setting up .venv (once; about a minute) ..." >&2
    rm -f .venv/.stamp
    [ -x .venv/bin/python ] || python3 -m venv .venv ||
        fail "python3 -m venv failed; on Debian and Ubuntu: apt-get install python3-venv"
    .venv/bin/python -m pip --isolated --disable-pip-version-check install -q \
        --require-hashes --only-binary :all: -r requirements/bootstrap.txt &&
    .venv/bin/uv --no-config pip install -q --python .venv/bin/python --require-hashes -r requirements/dev.txt &&
    .venv/bin/uv --no-config pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e . &&
    stamp > .venv/.stamp
}

if [ "$(cat .venv/.stamp 2>/dev/null)" != "$(stamp)" ]; then
    (install) || fail "setting up .venv failed (see above); it is safe to run this again"
fi
