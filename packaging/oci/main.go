// Command oci packs llamad as a container image, with no registry and no engine:
//
//	oci -version VERSION -o DIRECTORY arm64=PROGRAM amd64=PROGRAM
//
// PROGRAM is llamad, with PROGRAM.NOTICE and PROGRAM.cdx.json beside it (make notices).
// It makes an archive for each architecture, which every engine loads, and one of
// all, for registries and for engines that choose. An archive is an OCI image layout
// in a tar file. The time of everything in it is that of SOURCE_DATE_EPOCH: the same
// programs make the same bytes.
//
// It is a module of its own, so that what it needs is no matter of llamad's.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "oci:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("oci", flag.ExitOnError)
	version := flags.String("version", "", "of llamad")
	dir := flags.String("o", "", "the directory to write to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *version == "" || *dir == "" || flags.NArg() == 0 {
		return errors.New("usage: oci -version VERSION -o DIRECTORY ARCHITECTURE=PROGRAM [ARCHITECTURE=PROGRAM]")
	}
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	when := time.Unix(seconds, 0).UTC()
	archive := func(middle string) string { return filepath.Join(*dir, "llamad_"+*version+middle+"_oci.tar") }
	var all []build
	for _, arg := range flags.Args() {
		architecture, program, _ := strings.Cut(arg, "=")
		b, err := newBuild(architecture, program, *version, when)
		if err == nil {
			err = write(archive("_"+architecture), []build{b}, when)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", arg, err)
		}
		all = append(all, b)
	}
	if len(all) == 1 {
		return nil
	}
	return write(archive(""), all, when)
}
