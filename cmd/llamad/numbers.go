package main

import (
	"fmt"
	"strconv"
	"strings"
)

// numbers is a flag that takes one or several whole numbers: 128, or 128,512, or
// the flag given again.
type numbers struct {
	values    []int // the default until the flag is given
	low, high int
	given     bool
}

func (n *numbers) String() string {
	words := make([]string, len(n.values))
	for i, v := range n.values {
		words[i] = strconv.Itoa(v)
	}
	return strings.Join(words, ",")
}

// Type is what stands for the value in --help where its text names nothing.
func (n *numbers) Type() string { return "numbers" }

func (n *numbers) Set(text string) error {
	if !n.given {
		n.values, n.given = nil, true
	}
	for word := range strings.SplitSeq(text, ",") {
		v, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || v < n.low || v > n.high {
			return fmt.Errorf("is %q, expected whole numbers from %d to %d with commas between", text, n.low, n.high)
		}
		n.values = append(n.values, v)
	}
	return nil
}
