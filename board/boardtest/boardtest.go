// Package boardtest has machines to test on: trees of files as they are found on
// real ones, each in a text of machines/.
//
// Such a text begins with what the machine is. Then come its files: a line
//
//	-- proc/meminfo --
//	-- etc/llamad/llamad.toml 0640 0:986 --
//
// with the path and, where it matters, mode and owner, and below it the content.
// A content that begins with a quotation mark is a Go string, for what is no text.
// A path that ends in a slash is a directory.
package boardtest

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
)

//go:embed machines
var machines embed.FS

// Machine is the root of a machine, such as "pi4". The test may change it.
func Machine(t testing.TB, name string) fstest.MapFS {
	t.Helper()
	text, err := fs.ReadFile(machines, "machines/"+name+".txt")
	if err != nil {
		t.Fatal(err)
	}
	root := fstest.MapFS{}
	var file *fstest.MapFile
	for line := range strings.Lines(string(text)) {
		head, is := strings.CutPrefix(line, "-- ")
		if head, end := strings.CutSuffix(head, " --\n"); is && end {
			words := strings.Fields(head)
			path, directory := strings.CutSuffix(words[0], "/")
			if file, err = newFile(words[1:], directory); err != nil {
				t.Fatalf("%s: %s: %v", name, path, err)
			}
			root[path] = file
			continue
		}
		if file != nil {
			file.Data = append(file.Data, line...)
		}
	}
	for path, file := range root {
		if len(file.Data) == 0 || file.Data[0] != '"' {
			continue
		}
		content, err := strconv.Unquote(strings.TrimSuffix(string(file.Data), "\n"))
		if err != nil {
			t.Fatalf("%s: %s: %v", name, path, err)
		}
		file.Data = []byte(content)
	}
	return root
}

// newFile is an empty file with the mode and the owner that its head names.
func newFile(head []string, directory bool) (*fstest.MapFile, error) {
	mode, uid, gid := uint64(0o644), uint32(0), uint32(0)
	if directory {
		mode = 0o755
	}
	var err error
	if len(head) > 0 {
		if mode, err = strconv.ParseUint(head[0], 8, 32); err != nil {
			return nil, err
		}
	}
	if len(head) > 1 {
		if _, err = fmt.Sscanf(head[1], "%d:%d", &uid, &gid); err != nil {
			return nil, err
		}
	}
	file := &fstest.MapFile{Mode: fs.FileMode(mode), Sys: &syscall.Stat_t{Uid: uid, Gid: gid}}
	if directory {
		file.Mode |= fs.ModeDir
	}
	return file, nil
}
