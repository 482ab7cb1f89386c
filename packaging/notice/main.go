// Command notice prints under which licences a program is, with everything that is
// compiled into it:
//
//	notice ARCHITECTURE PACKAGE
//
// It asks go list what the program is built of, so nothing is in the list that is not
// in the program, and what the program gains is in the list by itself. The texts are
// those that lie beside the source. A package without one is an error: what nobody
// allowed to be passed on is not to be passed on.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	err := errors.Join(run(os.Args[1:], ".", out), out.Flush())
	if err != nil {
		fmt.Fprintln(os.Stderr, "notice:", err)
		os.Exit(1)
	}
}

// run prints the notice of a package of the module that dir is in.
func run(args []string, dir string, out io.Writer) error {
	if len(args) != 2 {
		return errors.New("usage: notice ARCHITECTURE PACKAGE")
	}
	modules, err := list(dir, args[0], args[1])
	if err != nil {
		return err
	}
	texts, err := gather(modules)
	if err != nil {
		return err
	}
	return write(out, args[0], modules, texts)
}
