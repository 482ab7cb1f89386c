// Package mmap maps files read-only, and anonymous memory outside the Go heap.
//
// A mapped file can change under the process, and the system then does what no
// Go program expects:
//
//   - cut short: reading a page that is no longer there is a SIGBUS, which ends
//     the process. Guard turns it into a *FaultError, for one goroutine.
//     The rest of the last page reads as zeros, without any signal.
//   - written to: the new bytes are in the mapping at once.
//   - replaced by a rename, or unlinked: the mapping keeps the old bytes.
//   - a disk that cannot be read is a SIGBUS too.
//
// So a reader both runs under Guard and asks File.Changed, which tells these
// cases apart.
package mmap
