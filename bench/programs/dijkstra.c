/* integer: shortest paths in a random graph, with a binary heap. */
#include "bench.h"

enum { N = 60000, DEGREE = 5 };
static int to[N][DEGREE], length[N][DEGREE];
static int distance[N], place[N], heap[N], count;

static void up(int i)
{
    int v = heap[i];
    for (int p; i > 0 && distance[heap[p = (i - 1) / 2]] > distance[v]; i = p) {
        heap[i] = heap[p];
        place[heap[i]] = i;
    }
    heap[i] = v;
    place[v] = i;
}

static void down(int i)
{
    int v = heap[i];
    for (int k; (k = 2 * i + 1) < count; i = k) {
        if (k + 1 < count && distance[heap[k + 1]] < distance[heap[k]]) k++;
        if (distance[heap[k]] >= distance[v]) break;
        heap[i] = heap[k];
        place[heap[i]] = i;
    }
    heap[i] = v;
    place[v] = i;
}

int main(void)
{
    uint64_t h = 0;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < DEGREE; k++) {
            to[i][k] = (int)(rnd() % N);
            length[i][k] = (int)(rnd() % 1000) + 1;
        }
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < N; i++) {
            distance[i] = INT32_MAX;
            place[i] = -1;
        }
        count = 1;
        heap[0] = round * 37;
        distance[heap[0]] = 0;
        place[heap[0]] = 0;
        while (count > 0) {
            int v = heap[0];
            heap[0] = heap[--count];
            place[heap[0]] = 0;
            if (count > 0) down(0);
            for (int k = 0; k < DEGREE; k++) {
                int w = to[v][k], d = distance[v] + length[v][k];
                if (d >= distance[w]) continue;
                distance[w] = d;
                if (place[w] < 0) heap[place[w] = count++] = w;
                up(place[w]);
            }
        }
        for (int i = 0; i < N; i += 101) h = mix(h, (uint64_t)distance[i]);
    }
    return result(h);
}
