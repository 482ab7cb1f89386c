package main

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// SECURITY.md promises nothing that no test shows: each test and target that it names
// is there, and each promise names one.
func TestPromisesAreTested(t *testing.T) {
	root := os.DirFS("../..")
	read := func(path string) string {
		text, err := fs.ReadFile(root, path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	there := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z0-9-]+):.*## `).FindAllStringSubmatch(read("Makefile"), -1) {
		there["make "+m[1]] = true
	}
	err := fs.WalkDir(root, ".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "_test.go") {
			for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(read(path), -1) {
				there[m[1]] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text := read("SECURITY.md")
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+|make [a-z-]+)[^`]*`")
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		if !there[m[1]] {
			t.Errorf("SECURITY.md names %s, which there is not", m[1])
		}
	}
	promises := 0
	for line := range strings.Lines(text) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| **") {
			continue
		}
		promises++
		if len(cells) != 3 || !named.MatchString(cells[2]) {
			t.Errorf("SECURITY.md names no test for %s", line)
		}
	}
	if promises < 10 {
		t.Errorf("%d promises were found", promises)
	}
}
