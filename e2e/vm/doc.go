// Package vm tests the installed service on an emulated board: an arm64 Debian
// that qemu boots, with systemd, a broker, and nothing of llamad until a test puts
// it there. It has no code of its own but tests; run it with make test-vm.
package vm
