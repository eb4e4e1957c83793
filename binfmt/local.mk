# The program ferry-binfmt, and what systemd registers at boot. It shares nothing with ferry.
bin_PROGRAMS += ferry-binfmt
ferry_binfmt_SOURCES = \
    binfmt/boot.c binfmt/command.h binfmt/doctor.c binfmt/guest.c binfmt/guest.def binfmt/guest.h \
    binfmt/install.c binfmt/main.c binfmt/place.c binfmt/place.h binfmt/probe.c binfmt/probe.h \
    binfmt/run.c binfmt/status.c binfmt/test.c
ferry_binfmt_CPPFLAGS = $(AM_CPPFLAGS) -DFERRY_BINDIR='"$(bindir)"'
ferry_binfmt_LDFLAGS = $(AM_LDFLAGS) $(STATIC_BINFMT)

if SANITIZERS
STATIC_BINFMT =
else
STATIC_BINFMT = -static -Wl,--gc-sections
endif

# One file a guest, from the table.
binfmtdir = $(prefix)/lib/binfmt.d
install-data-hook: install-binfmt
uninstall-hook: uninstall-binfmt
install-binfmt: ferry-binfmt$(EXEEXT)
	$(MKDIR_P) "$(DESTDIR)$(binfmtdir)"
	for g in `./ferry-binfmt$(EXEEXT) guests`; do \
	    ./ferry-binfmt$(EXEEXT) conf --interpreter "$(bindir)/ferry" $$g \
	        >"$(DESTDIR)$(binfmtdir)/ferry-$$g.conf" || exit 1; \
	done
uninstall-binfmt:
	rm -f "$(DESTDIR)$(binfmtdir)"/ferry-*.conf
.PHONY: install-binfmt uninstall-binfmt
