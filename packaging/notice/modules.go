package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is a part of the program that comes under one name and version: the program
// itself, a library, or Go.
type module struct {
	name, version string
	root          string   // the directory that it is in
	packages      []string // those directories of it that are compiled
	files         []string // the source that is compiled
	own           bool     // it is the program's own
}

func (m *module) String() string { return strings.TrimSpace(m.name + " " + m.version) }

// list asks the go command what a package is built of. The program comes first, then
// its libraries by name, then Go.
func list(dir, architecture, pkg string) ([]*module, error) {
	environ := append(os.Environ(), "GOOS=linux", "GOARCH="+architecture, "CGO_ENABLED=0")
	var toolchain struct{ GOROOT, GOVERSION string }
	err := decode(dir, environ, func(d *json.Decoder) error { return d.Decode(&toolchain) }, "env", "-json", "GOROOT", "GOVERSION")
	if err != nil {
		return nil, err
	}
	standard := &module{name: "Go", version: toolchain.GOVERSION, root: toolchain.GOROOT}
	found := map[string]*module{}
	err = decode(dir, environ, func(d *json.Decoder) error {
		for {
			var p struct {
				Dir                     string
				Standard                bool
				GoFiles, SFiles, HFiles []string
				Module                  *struct {
					Path, Version, Dir string
					Main               bool
				}
			}
			if err := d.Decode(&p); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			m := standard
			if !p.Standard {
				m = found[p.Module.Path]
			}
			if m == nil {
				m = &module{name: p.Module.Path, version: p.Module.Version, root: p.Module.Dir, own: p.Module.Main}
				found[m.name] = m
			}
			m.packages = append(m.packages, p.Dir)
			for _, file := range slices.Concat(p.GoFiles, p.SFiles, p.HFiles) {
				m.files = append(m.files, filepath.Join(p.Dir, file))
			}
		}
	}, "list", "-deps", "-json=Dir,Standard,GoFiles,SFiles,HFiles,Module", pkg)
	if err != nil {
		return nil, err
	}
	var modules []*module
	for _, m := range found {
		modules = append(modules, m)
	}
	key := func(m *module) string {
		if m.own {
			return ""
		}
		return m.name
	}
	slices.SortFunc(modules, func(a, b *module) int { return cmp.Compare(key(a), key(b)) })
	return append(modules, standard), nil
}

// decode runs the go command and reads what it prints.
func decode(dir string, environ []string, read func(*json.Decoder) error, args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, environ, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	err = read(json.NewDecoder(out))
	_, drained := io.Copy(io.Discard, out)
	if err := errors.Join(cmd.Wait(), err, drained); err != nil {
		return fmt.Errorf("go %s: %w", args[0], err)
	}
	return nil
}
