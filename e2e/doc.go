// Package e2e tests the finished binaries from outside: the one for this
// machine and the arm64 one under emulation, against a real mosquitto and a real
// model. It has no code of its own but tests; run it with make test-e2e.
//
// Tests with the build tag hubs run a real Home Assistant and a real Node-RED: that
// llamad appears there and works, and that every example in packaging/examples does
// what it says. Run them by hand, with make test-hubs, after a change to an example,
// to mqtt/entities.go or to mqtt/discovery.go, and before a release: hubs are large
// downloads, and what they do changes with their versions, not with this code. The
// file home-assistant beside this one installs and runs Home Assistant.
//
// With the tag soak there is one that lasts as long as it is told to, make soak
// SOAK=8h: it lets a daemon live through what a home does to it and wants nothing to
// grow.
package e2e
