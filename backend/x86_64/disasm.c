/* Host code as text, through capstone, for -d out_asm and for tests. */
#include "backend/backend.h"

#include <capstone/capstone.h>

#include "util/log.h"

void backend_disassemble(const uint8_t *code, size_t size, uint64_t address)
{
    csh handle;
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
    log_print("\n");
}
