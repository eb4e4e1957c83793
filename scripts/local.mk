# What a user or a CI machine calls first.
EXTRA_DIST += scripts/build scripts/first-contact scripts/guest-image scripts/guest-root scripts/install-needs \
    scripts/run-tests .ci/run
