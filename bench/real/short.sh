# What build systems and installers do all day: small programs, pipes, subshells, here-documents.
set -e
dir=$(mktemp -d)
cd "$dir"
for i in 1 2 3 4 5; do
    echo "line $i: $((i * i))" >>numbers
done
sum=$(awk '{ s += $3 } END { print s }' numbers)
echo "sum $sum"
cat numbers | grep -v 3 | sed 's/line/row/' | sort -r >sorted
( cd /; pwd )
while read -r word n rest; do
    case $n in
        1:|2:) echo "small $word $rest" ;;
        *) echo "large $word $rest" ;;
    esac
done <sorted
[ -f sorted ] && wc -l <sorted | tr -d ' '
cat >script <<END
name=$(basename "/some/path/file.c" .c)
END
. ./script
echo "name $name"
function twice { echo "$(($1 * 2))"; }
echo "twice $(twice 21)"
mkdir -p a/b/c
touch a/b/c/file
find a -type f | cut -d/ -f4
expr 6 \* 7
cut -c1-4 numbers | uniq -c | tr -s ' '
cd /
rm -rf "$dir"
