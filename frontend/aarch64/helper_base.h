/* The C functions of base instructions: X(name, arguments, effects); see enum ir_helper_effect. */
#ifndef FERRY_FRONTEND_AARCH64_HELPER_BASE_H
#define FERRY_FRONTEND_AARCH64_HELPER_BASE_H

#define A64_BASE_HELPERS(X)                                                                        \
    X(counter, 0, IR_HELPER_PURE)                                                                  \
    X(random, 0, IR_HELPER_PURE)                                                                   \
    X(set_fpcr, 1, IR_HELPER_READS | IR_HELPER_WRITES)                                             \
    X(watch_underflow, 0, IR_HELPER_READS | IR_HELPER_WRITES)                                      \
    X(note_address, 1, IR_HELPER_PURE)                                                             \
    X(hostcall, 1, IR_HELPER_READS | IR_HELPER_WRITES | IR_HELPER_FAULTS)

#endif
