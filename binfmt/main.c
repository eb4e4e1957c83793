/*
 * The program `ferry-binfmt`: tells Linux's binfmt_misc to run foreign programs by ferry, and finds
 * out why it does not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binfmt/command.h"

static int command_guests(const struct request *q)
{
    for (unsigned i = 0; i < q->nguests; i++)
        puts(q->guests[i]->name);
    return 0;
}

static const struct command {
    const char *name;
    command_fn *run;
    const char *help;
} commands[] = {
    {"install", command_install, "register ferry for these guests (default: all)"},
    {"remove", command_remove, "take ferry's registrations away"},
    {"status", command_status, "show what is registered and whether it works"},
    {"doctor", command_doctor, "find what is wrong and say how to mend it"},
    {"test", command_test, "run small foreign programs in every way"},
    {"run", command_run, "run a command with ferry registered for it alone, without root"},
    {"conf", command_conf, "print the lines for binfmt.d"},
    {"guests", command_guests, "print the guests' names"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void)
{
    printf("usage: ferry-binfmt command [options] [guest...]\n"
           "Has the kernel run foreign programs by ferry.\n\n");
    for (unsigned i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].help);
    printf("\nguests:");
    for (unsigned i = 0; i < binfmt_nguests; i++)
        printf(" %s", binfmt_guests[i].name);
    printf("\n\n"
           "  --persistent        install, remove: at every boot, too (/etc/binfmt.d)\n"
           "  --replace           install: take other emulators' entries for the guest away\n"
           "  --interpreter FILE  install, run, conf: what to register (default: the ferry beside "
           "this program)\n"
           "  --flags FLAGS       install, run, conf: of the entries (default: POCF)\n"
           "  --chroot DIR        run: in this root\n"
           "  --root DIR          install, remove, status, doctor: of the machine below DIR\n"
           "  --json              status, doctor: for programs\n"
           "  -q, --quiet         say only what is wrong\n"
           "  -h, --help, --version\n\n"
           "Exit status: 0 all is well, 1 something is wrong, 2 a mistake in the options;\n"
           "of `run` the command's.\n");
}

__attribute__((noreturn)) static void mistake(const char *text, const char *word)
{
    fprintf(stderr, "ferry-binfmt: ");
    fprintf(stderr, text, word);
    fprintf(stderr, " (--help explains)\n");
    exit(2);
}

static const struct command *find_command(const char *word)
{
    /* As the images say it that register emulators for container builders. */
    if (!strcmp(word, "--install"))
        word = "install";
    else if (!strcmp(word, "--uninstall") || !strcmp(word, "uninstall"))
        word = "remove";
    for (unsigned i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, word))
            return &commands[i];
    return NULL;
}

/* Guests, several with commas between them, or all. */
static void add_guests(struct request *q, const char *words)
{
    for (const char *p = words; *p; p += *p == ',') {
        size_t n = strcspn(p, ",");
        const struct binfmt_guest *g = binfmt_guest_by_name(p, n);
        bool all = n == 3 && !memcmp(p, "all", 3);
        if (!g && !all)
            mistake("there is no guest '%s'", p);
        for (unsigned i = 0; i < binfmt_nguests; i++) {
            unsigned j = 0;
            while (j < q->nguests && q->guests[j] != &binfmt_guests[i])
                j++;
            if ((all || g == &binfmt_guests[i]) && j == q->nguests && j < MAX_GUESTS)
                q->guests[q->nguests++] = &binfmt_guests[i];
        }
        p += n;
    }
}

/* An option with a value, as the next word or behind '='; NULL: it is another one. */
static const char *value_of(const char *option, char ***words)
{
    size_t n = strlen(option);
    if (strncmp(**words, option, n) || ((**words)[n] && (**words)[n] != '='))
        return NULL;
    if ((**words)[n])
        return **words + n + 1;
    if (!(*words)[1])
        mistake("%s needs a value", option);
    return *++*words;
}

static void read_option(struct request *q, char ***words)
{
    const char *w = **words, *v;
    if (!strcmp(w, "--persistent"))
        q->persistent = true;
    else if (!strcmp(w, "--replace"))
        q->replace = true;
    else if (!strcmp(w, "--json"))
        q->json = true;
    else if (!strcmp(w, "-q") || !strcmp(w, "--quiet"))
        q->quiet = true;
    else if ((v = value_of("--interpreter", words)))
        q->interpreter = v;
    else if ((v = value_of("--flags", words)))
        q->flags = v;
    else if ((v = value_of("--chroot", words)))
        q->chroot = v;
    else if ((v = value_of("--root", words)))
        q->root = strcmp(v, "/") ? v : "";
    else
        mistake("unknown option '%s'", w);
}

static void common_words(const char *word)
{
    if (!strcmp(word, "-h") || !strcmp(word, "--help") || !strcmp(word, "help")) {
        print_help();
        exit(0);
    }
    if (!strcmp(word, "--version")) {
        printf("ferry-binfmt version %s\n", VERSION);
        exit(0);
    }
}

int main(int argc, char **argv)
{
    struct request q = {.root = "", .flags = "POCF"};
    char **w = argv + 1;
    if (argc < 2)
        mistake("no %s given", "command");
    common_words(*w);
    const struct command *c = find_command(*w);
    if (!c)
        mistake("there is no command '%s'", *w);
    bool takes_command = c->run == command_run;
    for (w++; *w; w++) {
        common_words(*w);
        if (takes_command && (!strcmp(*w, "--") || (*w)[0] != '-')) {
            w += !strcmp(*w, "--");
            break;
        }
        if ((*w)[0] == '-')
            read_option(&q, &w);
        else
            add_guests(&q, *w);
    }
    q.words = w;
    if (!q.nguests)
        add_guests(&q, "all");
    if (strspn(q.flags, "POCF") != strlen(q.flags))
        mistake("'%s': flags are of P, O, C and F", q.flags);
    return c->run(&q);
}
