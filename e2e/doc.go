// Package e2e tests the finished binaries from outside: the one for this
// machine and the arm64 one under emulation, against a real mosquitto and a real
// model. It has no code of its own but tests; run it with make test-e2e.
package e2e
