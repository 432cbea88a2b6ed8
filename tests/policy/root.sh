# Sourced in a mount namespace of its own by root: makes a root directory that is
# root's alone, which that of a test machine may not be, and an /etc that may be changed.
mount --make-rprivate /
R=$(mktemp -d)
mount -t tmpfs -o mode=755 tmpfs "$R"
for d in /*; do
  if [ -L "$d" ]; then cp -P "$d" "$R$d"; elif [ -d "$d" ]; then mkdir "$R$d"; mount --rbind "$d" "$R$d"; fi
done
mkdir "$R/over" "$R/over/u" "$R/over/w" "$R/was"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$R/over/u,workdir=$R/over/w" "$R/etc"
chmod 755 "$R/over/u"
cd "$R"; pivot_root . was; umount -l /was; cd /
mount -t tmpfs -o mode=755 tmpfs /srv
mkdir -p /etc/nono/policy.d /etc/nono/profiles /srv/p /srv/secret/sub /srv/conf /srv/home
echo secret > /srv/secret/k; echo secret > /srv/secret/sub/k; echo conf > /srv/conf/c
echo env > /srv/p/.env; echo ok > /srv/p/o
chmod 777 /srv/p; chmod 666 /srv/conf/c /srv/p/*; chown nobody /srv/home
export HOME=/srv/home
