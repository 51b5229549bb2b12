/**
 * Looks around in a browser's jail, with nothing but a shell and the usual small programs: a line for each thing that
 * should not be, then `done`. $1: port of a listener on the machine's loopback; $2: the worker's folder; $3 is the wrapper's.
 */
export const probeScript = `
found() { echo "$1"; }
count=0; for each in /proc/[0-9]*; do count=$((count + 1)); done
[ "$count" -le 8 ] || found "sees $count processes"
for name in $(tail -n +3 /proc/net/dev | cut -d: -f1); do [ "$name" = lo ] || found "has the network interface $name"; done
[ "$(tail -n +2 /proc/net/route | wc -l)" -eq 0 ] || found "has a route to other networks"
grep -v ' lo$' /proc/net/ipv6_route 2>/dev/null | grep -q . && found "has an IPv6 route to other networks"
socat -u OPEN:/dev/null "TCP:127.0.0.1:$1,connect-timeout=2" 2>/dev/null && found "reaches the machine's loopback"
for path in /etc/passwd /etc/shadow /etc/hosts /etc/ssh /root /home/[!b]* /var/run/docker.sock /run/docker.sock /run/containerd /run/dbus /run/systemd /var/lib /var/log /sys/kernel /boot /mnt /srv /opt "$2"; do
  [ -e "$path" ] && found "sees $path"
done
for path in /tmp/* /run/*; do [ -e "$path" ] && [ "$path" != /run/egress ] && [ "$path" != /run/trust ] && found "sees $path"; done
for path in / /usr /usr/bin /etc /bin /run /home /proc/sys/kernel; do
  (: > "$path/attestream-probe") 2>/dev/null && found "writes to $path"
done
[ "$(id -u)" -ne 0 ] || found "is root"
field() { sed -n "s/^$1:[[:space:]]*//p" /proc/self/status; }
[ "$(field NoNewPrivs)" = 1 ] || found "may gain privileges"
for set in CapEff CapPrm CapBnd CapAmb; do case "$(field $set)" in *[!0]*) found "has capabilities ($set)";; esac; done
[ -r /proc/1/environ ] && grep -qa TOKEN /proc/1/environ && found "reads another's environment"
env | cut -d= -f1 | grep -vxE 'HOME|TMPDIR|LANG|TZ|PATH|PWD|SHLVL|_|OLDPWD' | while read -r name; do found "was given the variable $name"; done
for each in /proc/$$/fd/*; do
  # The first three are the probe's own; what the shell had open to read its directory is closed again.
  target="$(readlink "$each")"
  case "$each:$target" in */[012]:*|*:|*:/dev/null|*:pipe:*) ;; *) found "was handed an open file ($target)";; esac
done
mount | grep -E ' on /(usr|bin|lib|etc)[ /]' | grep -vE '\\(ro[,)]' | grep -q . && found "has programs mounted for writing"
echo done
`;
