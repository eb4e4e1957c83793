# A repository from nothing to gc, clone, fetch, merge, bisect, fsck.
set -e
git config --global init.defaultBranch main
git config --global advice.detachedHead false
git config --global protocol.file.allow always
git init -q repo && cd repo
for i in $(seq 1 60); do
    seq "$i" $((i * 20)) >"f$((i % 13))"
    git add . && git commit -q -m "commit $i"
done
git log --oneline | wc -l
git rev-parse HEAD
git gc -q && git fsck --strict
git checkout -q -b side HEAD~10 && echo side >side && git add side && git commit -q -m side
git checkout -q main && git merge -q -m merge side && git log --oneline | wc -l
cd .. && git clone -q file://"$PWD"/repo copy && cd copy && git log --format=%s -3
echo change >>f1 && git commit -q -a -m change && git push -q origin HEAD:refs/heads/pushed
git diff --stat HEAD~1 | tail -1
git bisect start HEAD HEAD~30 >/dev/null && git bisect run sh -c 'test $(wc -l <f5) -lt 900' 2>&1 | grep -c 'first bad commit'
git stash list | wc -l
git archive HEAD~3 | tar tf - | wc -l
git grep -c 77 HEAD -- f1 f2 | head -2
git blame -s f3 | tail -1
git rebase -q --force-rebase HEAD~3 2>&1 | tail -1
git -c pack.threads=4 repack -adfq && git count-objects -v | grep -a '^in-pack\|^packs'
git worktree add -q ../tree HEAD~2 && ls ../tree | wc -l
git bundle create -q ../b.bundle HEAD && git bundle verify -q ../b.bundle && echo bundled
