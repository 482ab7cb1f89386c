// Package deb tests the Debian package: what its scripts do to a Debian of its own
// in a directory, on which no systemd runs. It has no code of its own but tests;
// run it with make test-deb.
package deb
