# shellcheck shell=sh
# Opens a shell in which the programs of the course are typed by their names: sh start.sh
folder=$(CDPATH='' cd "$(dirname "$0")" && pwd)
if ! "$folder/course" --version >/dev/null 2>&1; then
    echo "error: $folder/course can't be run here" >&2
    echo "  many USB sticks don't keep the permission to run a program: unpack the archive into a folder of your own" >&2
    exit 2
fi
PATH=$folder:$PATH
export PATH
echo "Socket Steps. Type: course demo     (exit leaves this shell)"
exec "${SHELL:-/bin/sh}"
