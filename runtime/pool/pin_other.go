//go:build !linux

package pool

func pin(int) {}
