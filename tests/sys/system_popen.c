/* system and popen: shells, their statuses, pipes both ways. */
#include "guest.h"

int main(void)
{
    SHOW(system(NULL) != 0);
    guest_ended("true", system("true"));
    guest_ended("exit", system("exit 42"));
    guest_ended("missing", system("no-such-command-here 2>/dev/null"));
    guest_ended("killed", system("kill -9 $$"));
    guest_ended("pipeline", system("echo one two three | tr ' ' '\\n' | wc -l | tr -d ' '"));
    FILE *f = popen("echo from; echo the shell", "r");
    char line[64];
    while (fgets(line, sizeof line, f))
        printf("read: %s", line);
    guest_ended("reader", pclose(f));
    f = popen("cat; exit 3", "w");
    fprintf(f, "written\n");
    guest_ended("writer", pclose(f));
    setenv("VARIABLE", "its value", 1);
    guest_ended("environment", system("echo \"$VARIABLE\""));
    return 0;
}
