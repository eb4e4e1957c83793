# JSON out and in, as services do all day.
import json

data = [{'id': i, 'name': 'item %d' % i, 'price': i * 1.25, 'tags': ['a', 'b', str(i % 7)],
         'more': {'x': [i, i + 1, None, True], 'text': 'caf\u00e9 "quoted"\n' * (i % 5)}}
        for i in range(1500)]
total = 0
for turn in range(60):
    text = json.dumps(data, sort_keys=True)
    back = json.loads(text)
    total += len(text) + len(back)
    assert back == data
print(total)
