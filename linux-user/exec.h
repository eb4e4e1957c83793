/*
 * What execve leaves behind. See exec.c.
 */
#ifndef FERRY_LINUX_USER_EXEC_H
#define FERRY_LINUX_USER_EXEC_H

#include "linux-user/task.h"

/*
 * Gives back the memory that a child which shared ours used for a successful execve, and with
 * `files_too`, where descriptors were shared as well, the file it had open.
 */
void exec_release(struct task *t, bool files_too);

#endif
