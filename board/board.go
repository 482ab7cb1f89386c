// Package board is what the machine knows about itself: which board it is, how
// warm, what holds it back, what its kernel was started with and what its files
// lie on. Everything is read below one root, so that a tree of files stands for a
// machine in tests (boardtest has some). Nothing is written.
//
// What cannot be read is no error: a laptop has no firmware to ask, and a
// container hides half of /sys. Each question says how it answers then.
package board

import (
	"bufio"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// Board is a machine. Its files are read anew at each question.
type Board struct{ root fs.FS }

// At is the machine whose / is root.
func At(root fs.FS) Board { return Board{root} }

// Here is this machine.
func Here() Board { return At(os.DirFS("/")) }

// text is a small file without the white space and NULs around it.
func (b Board) text(name string) (string, bool) {
	content, err := fs.ReadFile(b.root, name)
	return strings.Trim(string(content), " \t\r\n\x00"), err == nil
}

// number is a file that holds one.
func (b Board) number(name string) (int64, bool) {
	text, _ := b.text(name)
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

func (b Board) exists(name string) bool {
	_, err := fs.Stat(b.root, name)
	return err == nil
}

// field is what stands behind the first line's name and its colon, as in
// /proc/meminfo. Only so much of the file is read.
func (b Board) field(name, field string) (string, bool) {
	f, err := b.root.Open(name)
	if err != nil {
		return "", false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, _ := strings.Cut(lines.Text(), ":"); strings.TrimSpace(key) == field {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

// kilobytes is a field with the unit kB, in bytes; 0 where there is none.
func (b Board) kilobytes(name, field string) int64 {
	value, _ := b.field(name, field)
	n, _ := strconv.ParseInt(strings.TrimSuffix(strings.ToLower(value), " kb"), 10, 64)
	return n << 10
}

// lines are those of a small file, none where it cannot be read.
func (b Board) lines(name string) []string {
	text, _ := b.text(name)
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}
