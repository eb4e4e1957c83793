/* Writes of up to PIPE_BUF bytes by several processes never mix; a read gets what there is. */
#include "guest.h"

enum { WRITERS = 4, RECORDS = 200, SIZE = 512 };

int main(void)
{
    int p[2];
    MUST(pipe(p));
    SHOW(fpathconf(p[0], _PC_PIPE_BUF));
    for (int w = 0; w < WRITERS; w++)
        if (MUST(fork()) == 0) {
            char record[SIZE];
            memset(record, 'a' + w, SIZE);
            for (int i = 0; i < RECORDS; i++)
                if (write(p[1], record, SIZE) != SIZE)
                    _exit(1);
            _exit(0);
        }
    close(p[1]);
    char record[SIZE];
    int records = 0, mixed = 0, counts[WRITERS] = {0};
    for (;;) {
        ssize_t have = 0, n = 0;
        while (have < SIZE && (n = read(p[0], record + have, (size_t)(SIZE - have))) > 0)
            have += n;
        if (have == 0)
            break;
        for (int i = 1; i < have; i++)
            mixed += record[i] != record[0];
        counts[record[0] - 'a']++;
        records++;
    }
    SHOW(records);
    SHOW(mixed);
    for (int w = 0; w < WRITERS; w++) {
        SHOW(counts[w]);
        int status;
        MUST(wait(&status));
        guest_ended("writer", status);
    }
    return 0;
}
