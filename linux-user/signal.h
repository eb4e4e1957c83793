/*
 * The guest's signals. The host's kernel keeps masks, queues and default actions wherever it can:
 *
 *   - a signal the guest ignores or leaves at its default is ignored or left by the host too, so it
 *     stops, kills or does nothing without us;
 *   - a signal the guest blocks is blocked in the host, so that pending sets, signalfd and
 *     sigtimedwait tell the truth. Not so for the five that faults raise (SIGSEGV, SIGBUS, SIGILL,
 *     SIGFPE, SIGTRAP): Ferry must receive those; when somebody sends one it waits in our queue;
 *   - for a handled signal the host's handler puts the siginfo into the thread's queue, gives the
 *     host the mask that the guest's handler will run with, and asks the thread to leave translated
 *     code. A second one before the first is delivered blocks all others, so that the queue cannot
 *     overflow. No signal is kept for Ferry's own use; all 64 are the guest's.
 *
 * Frames are built by signal_deliver, between guest instructions, never by a handler.
 */
#ifndef FERRY_LINUX_USER_SIGNAL_H
#define FERRY_LINUX_USER_SIGNAL_H

#include "linux-user/task.h"

#define SYNC_SIGNALS                                                                               \
    (signal_bit(SIGSEGV) | signal_bit(SIGBUS) | signal_bit(SIGILL) | signal_bit(SIGFPE) |          \
     signal_bit(SIGTRAP))

/* Flag of sigaltstack that the C library may not know. */
#define SS_AUTODISARM_FLAG UINT32_C(0x80000000)

#define UNBLOCKABLE_SIGNALS (signal_bit(SIGKILL) | signal_bit(SIGSTOP))

enum { HANDLER_DEFAULT = 0, HANDLER_IGNORE = 1 };

/* Installs what must always be there; reads the inherited mask into the first task. */
void signal_start(struct task *t);

/* Sets the host's mask to what the task's state asks for. */
void signal_apply_mask(struct task *t);

/* Sets the host's mask, where it is another. The only way but at a thread's end: it remembers. */
void signal_set_host_mask(struct task *t, uint64_t mask);

/* The guest's mask while the handler of `signal` runs that is about to be called. */
uint64_t signal_mask_in_handler(const struct task *t, int signal, const struct guest_action *action);

/* Delivers what is due, restarts or fails an interrupted call. Called with attention cleared. */
void signal_deliver(struct task *t);

/*
 * tgkill of `signal` (1 to SIGNALS) to the calling thread itself. Where a handler takes it at once
 * the thread is asked for attention, and signal_deliver calls the handler before the call returns
 * to the guest. False: blocked, not handled, others wait, or stop signals; the host must do it.
 */
bool signal_send_self(struct task *t, int signal);

/* True if `sp` is on the guest's alternate stack, and that is not one which disarms itself. */
bool signal_on_altstack(const struct task *t, uint64_t sp);

/* True if something queued could be delivered under `mask`. */
bool signal_waiting(const struct task *t, uint64_t mask);

/* Takes the oldest signal out of the queue that `mask` lets through. False: there is none. */
bool signal_take(struct task *t, uint64_t mask, siginfo_t *info);

/* A fault of the guest: delivers at once, or ends the process when blocked, ignored or unhandled.
 */
void signal_force(struct task *t, const siginfo_t *info);

/* Makes the simplest siginfo of a fault and forces it. */
void signal_fault(struct task *t, int signal, int code, uint64_t address);

/* Ends the process by a signal, as the parent shall see it. */
_Noreturn void signal_die(struct task *t, const siginfo_t *info);

/* The action of a signal, asking the host if it has not been needed yet. Under process->lock. */
struct guest_action *signal_action(struct process *p, int signal);

/*
 * Tells the host how to treat a signal that the guest handles, ignores or leaves alone. Faults' signals
 * are always ours, and so are the others that dump core at their default, when deaths are watched.
 */
void signal_install(struct process *p, int signal, const struct guest_action *action);

/* Deaths are watched from now on if a report or a core file may come of them. */
void signal_watch_deaths(struct process *p);

/* Before execve: hands ignored fault signals to the host; and back if it failed. */
void signal_before_exec(struct task *t);
void signal_after_failed_exec(struct task *t);

/* Blocks every signal in the host but the ones of faults; signal_apply_mask undoes it. */
void signal_block_all(void);

/* signal_host.c: the host's side. */
/* Both return what was: HANDLER_IGNORE, or HANDLER_DEFAULT for everything else. */
uint64_t host_signal_install(int signal, bool handle, bool ignore, uint64_t guest_flags);
uint64_t host_signal_query(int signal);
/*
 * The C library takes signal 33 for itself when it makes its first thread. What is around pthread_create
 * gives it back to the guest, and the new thread waits for that before it runs guest code.
 */
void host_signal_before_thread(void);
void host_signal_after_thread(void);
void host_signal_in_thread(void);
void host_signal_altstack(void *stack, size_t size);
void host_signal_mask(uint64_t mask);
uint64_t host_signal_get_mask(void);

#endif
