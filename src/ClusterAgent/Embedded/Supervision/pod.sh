# The first process of a pod, run in its attempt's folder by any POSIX sh.
# usage: sh pod.sh KIND MARKER     KIND: view (own mount and pid namespaces) or plain
#
# It reads orders on standard input:        start NAME    signal PID SIGNAL
# and tells events on standard output:      view PID      refused      started NAME PID      ended NAME CODE
#
# The other end of standard input is held by the agent alone. When it closes, because the pod is done or because the agent died,
# this process ends and the pod with it: in its own pid namespace the kernel kills all the rest; without one, everything that
# carries the marker in its environment is killed here.
kind=$1
marker=$2
exec 2>>supervisor.log

if [ -e ending ]; then
  rm ending
fi

# /proc still is the machine's here, so this is the pid as the agent sees it.
read -r pid rest </proc/self/stat
if [ "$kind" = view ] && ! mount -a -T view.fstab; then
  echo refused
  exit 1
fi
echo "view $pid"

run() {
  if [ "$kind" = view ]; then
    chroot root sh "/var/run/argo/ctr/$1/run" </dev/null >>"logs/$1.out" 2>>"logs/$1.err" &
  else
    ARGOSY_ATTEMPT=$marker sh "argo/ctr/$1/run" </dev/null >>"logs/$1.out" 2>>"logs/$1.err" &
  fi
  child=$!
  echo "started $1 $child"
  wait "$child"
  code=$?
  if [ -e ending ]; then
    exit
  fi
  # One write of a few bytes; a reader takes nothing for an exit that does not end in a newline.
  echo "$code" >"exits/$1"
  echo "ended $1 $code"
}

while read -r order what signal; do
  case $order in
  start) run "$what" & ;;
  signal) kill -s "$signal" "$what" ;;
  esac
done

if [ "$kind" = plain ]; then
  # A container that is killed here did not end: nobody may note it.
  : >ending
  # What grep answers is of no use: it also complains of processes that ended while it looked.
  while marked=$(grep -lsF "ARGOSY_ATTEMPT=$marker" /proc/[0-9]*/environ); [ -n "$marked" ]; do
    for environ in $marked; do
      pid=${environ#/proc/}
      kill -s KILL "${pid%/environ}"
    done
  done
fi
