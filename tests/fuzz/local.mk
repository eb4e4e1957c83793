# Random guest code: interpreter, translated code and qemu-user must agree.
