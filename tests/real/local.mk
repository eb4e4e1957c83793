# Debian packages of the guest architectures, run by scripts.
