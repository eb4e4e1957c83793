/* Host code as text, through capstone, for -d out_asm and for tests. */
#include "backend/backend.h"

#include <capstone/capstone.h>
#include <string.h>

#include "util/log.h"

/* Constants, 16 aligned bytes each, with the padding before them left out. */
static void print_literals(const struct code_buffer *out, uint64_t address)
{
    for (size_t at = (out->literals + 15) / 16 * 16; at < out->size; at += 16) {
        uint64_t value[2];
        memcpy(value, out->bytes + at, sizeof value);
        log_print("0x%08llx:  0x%016llx%016llx\n", (unsigned long long)(address + at),
                  (unsigned long long)value[1], (unsigned long long)value[0]);
    }
}

void backend_disassemble(const struct code_buffer *out, uint64_t start)
{
    csh handle;
    const uint8_t *code = out->bytes;
    size_t size = out->literals;
    uint64_t address = start;
    if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle) != CS_ERR_OK) {
        log_print("(no disassembler for this host)\n");
        return;
    }
    cs_option(handle, CS_OPT_SKIPDATA, CS_OPT_ON); /* thunks hold numbers */
    cs_insn *insn = cs_malloc(handle);
    while (size && cs_disasm_iter(handle, &code, &size, &address, insn)) {
        char bytes[3 * 15 + 1] = "";
        for (unsigned i = 0; i < insn->size && i < 15; i++) {
            static const char digits[] = "0123456789abcdef";
            bytes[3 * i] = digits[insn->bytes[i] >> 4];
            bytes[3 * i + 1] = digits[insn->bytes[i] & 15];
            bytes[3 * i + 2] = ' ';
            bytes[3 * i + 3] = 0;
        }
        log_print("0x%08llx:  %-33s%s %s\n", (unsigned long long)insn->address, bytes,
                  insn->mnemonic, insn->op_str);
    }
    cs_free(insn, 1);
    cs_close(&handle);
    print_literals(out, start);
    log_print("\n");
}
