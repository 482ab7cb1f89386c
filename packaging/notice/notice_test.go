package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program is a directory with a program in prog and libraries beside it.
func program(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "prog")
}

// together is a program of ours with two libraries.
func together() map[string]string {
	return map[string]string{
		"prog/go.mod": `module prog
go 1.26
require (
	example.org/b v1.2.3
	example.org/a v0.1.0
)
replace (
	example.org/a => ../a
	example.org/b => ../b
)
`,
		"prog/LICENSE":    "OURS",
		"prog/main.go":    "// Copyright 2026 Ada\n\npackage main\n\nimport (\n_ \"example.org/a\"\n_ \"example.org/b/deep\"\n)\n\nfunc main() {}\n",
		"prog/on_arm64.s": "// Copyright 2026 Nobody\n",

		"a/go.mod":     "module example.org/a\n",
		"a/LICENSE.md": "Copyright (c) 2020 Grace\n\nTERMS  \r\n",
		"a/a.go": "// Copyright 2019-2021 Grace. All rights reserved.\n\npackage a\n\n" +
			"/*\n * How it works, and why.\n *\n * Copyright (C) 1993 by Sunny, Inc.\n *\n * The formula is as follows.\n *\n * Permission to use it is granted.\n */\nfunc F() {}\n",
		"a/a_test.go":        "// Copyright 2001 Somebody else\n\npackage a\n",
		"a/a_amd64.go":       "// Copyright 2002 Somebody of amd64\n\npackage a\n",
		"a/unused/COPYING":   "UNUSED",
		"a/unused/unused.go": "package unused\n",

		"b/go.mod":          "module example.org/b\n",
		"b/COPYING":         "Copyright (c) 2020 Grace\n\nTERMS\n", // as of a, but for what nobody sees
		"b/PATENTS":         "PATENTS OF B",
		"b/b.go":            "package b\n",
		"b/deep/NOTICE.txt": "NOTICE OF DEEP",
		"b/deep/licence.go": "package deep\n",
	}
}

func TestNotice(t *testing.T) {
	var out strings.Builder
	if err := run([]string{"arm64", "."}, program(t, together()), &out); err != nil {
		t.Fatal(err)
	}
	line := "\n" + strings.Repeat("=", 78) + "\n"
	got := strings.Split(out.String(), line)
	if !strings.HasPrefix(got[0], "Compiled into prog for linux/arm64, each under its licences below:\n\n  prog\n  example.org/a v0.1.0\n  example.org/b v1.2.3\n  Go go1.") {
		t.Errorf("it begins with\n%s", got[0])
	}
	want := []string{
		"prog\n\nOURS\n",
		"example.org/a\nexample.org/b\n\nCopyright (c) 2020 Grace\n\nTERMS\n",
		"source files of example.org/a\n\nCopyright (C) 1993 by Sunny, Inc.\n\nPermission to use it is granted.\n",
		"example.org/b\n\nPATENTS OF B\n",
		"example.org/b/deep\n\nNOTICE OF DEEP\n",
	}
	for i, text := range want {
		if got[i+1] != text {
			t.Errorf("text %d:\n%s\nexpected:\n%s", i+1, got[i+1], text)
		}
	}
	if next := got[len(want)+1]; !strings.HasPrefix(next, "Go\n") {
		t.Errorf("there is a text too many:\n%s", next)
	}
}

// What nobody allowed to be passed on is not passed on.
func TestNoNoticeWithoutALicence(t *testing.T) {
	for name, change := range map[string]func(map[string]string){
		"example.org/a v0.1.0 has no licence": func(files map[string]string) { delete(files, "a/LICENSE.md") },
		"example.org/b v1.2.3 has no licence": func(files map[string]string) { // a notice allows nothing, nor does another package's licence
			delete(files, "b/COPYING")
			files["b/other/LICENSE"] = "FOR OTHERS"
		},
		"prog has no licence": func(files map[string]string) { delete(files, "prog/LICENSE") },
		"go list":             func(files map[string]string) { delete(files, "prog/go.mod") },
	} {
		files := together()
		change(files)
		var out strings.Builder
		if err := run([]string{"arm64", "."}, program(t, files), &out); err == nil || !strings.Contains(err.Error(), name) || out.Len() > 0 {
			t.Errorf("error %v, expected %q; it prints %q", err, name, out.String())
		}
	}
	if err := run(nil, ".", &strings.Builder{}); err == nil || !strings.Contains(err.Error(), "usage") {
		t.Errorf("without arguments: %v", err)
	}
}

// All of llamad has a licence, Go with what it took from others too, and the second
// time it is the same.
func TestNoticeOfLlamad(t *testing.T) {
	for architecture, lucent := range map[string]bool{"arm64": false, "amd64": true} {
		var first, second strings.Builder
		for _, out := range []*strings.Builder{&first, &second} {
			if err := run([]string{architecture, "./cmd/llamad"}, "../..", out); err != nil {
				t.Fatal(err)
			}
		}
		if first.String() != second.String() {
			t.Errorf("%s: two notices differ", architecture)
		}
		for what, want := range map[string]bool{
			"\nllamad\n": true, "Version 2.0, January 2004": true, "Eclipse Distribution License - v 1.0": true, "Olivier Poitrey": true,
			"Copyright 2009 The Go Authors.": true, "Sun Microsystems": true, "Stephen L. Moshier": true, "The fiat-crypto Authors": true,
			"Lucent Technologies": lucent, // memmove of amd64 came from Plan 9
			"/root/":              false, "/home/": false, "testify": false,
		} {
			if strings.Contains(first.String(), what) != want {
				t.Errorf("%s: %q is in the notice: %v", architecture, what, !want)
			}
		}
	}
}
