# Tries which folders of the machine the kernel accepts as the lower layer of an overlay. Run in a scratch folder, in a new mount namespace.
# usage: sh overlays.sh OPTIONS     reads one folder per line on standard input, tells the accepted ones on standard output
while read -r lower; do
  if mount -t overlay overlay -o "lowerdir=$lower,upperdir=upper,workdir=work$1" root; then
    echo "$lower"
    umount root
  fi
done
