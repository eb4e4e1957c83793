# Dictionaries, classes, sorting, strings, comprehensions and a regular expression.
import re


class Account:
    def __init__(self, name):
        self.name = name
        self.balance = 0

    def pay(self, amount):
        self.balance += amount
        return self.balance


text = ' '.join('w%d' % (i * 7919 % 5003) for i in range(200000))
count = {}
for word in re.findall(r'\w+', text):
    count[word] = count.get(word, 0) + 1
top = sorted(count.items(), key=lambda kv: (-kv[1], kv[0]))[:10]
accounts = {w: Account(w) for w in count}
for turn in range(60):
    for i, w in enumerate(accounts):
        accounts[w].pay(i * turn % 97)
    squares = [x * x for x in range(40000) if x % 3]
total = sum(a.balance for a in accounts.values())
print(top[0], total, sum(squares))
