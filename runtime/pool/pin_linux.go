package pool

import "golang.org/x/sys/unix"

// pin binds the calling thread to the i-th core this process may use. A refusal
// is no error: the hardened service may forbid the call, and then the kernel
// places the thread.
func pin(i int) {
	var allowed, one unix.CPUSet
	if unix.SchedGetaffinity(0, &allowed) != nil {
		return
	}
	for cpu := range 1024 {
		if !allowed.IsSet(cpu) {
			continue
		}
		if i == 0 {
			one.Set(cpu)
			_ = unix.SchedSetaffinity(0, &one)
			return
		}
		i--
	}
}
