package board

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"
)

// MayRead says whether a user may read a file by its absolute path. Else blocked is
// what forbids it, the file or a directory above. Access lists (ACLs) are not looked
// at.
//
// Errors: that of a file which is not there, or which we may not look at ourselves.
func (b Board) MayRead(u User, name string) (blocked string, err error) {
	name = strings.TrimPrefix(path.Clean(name), "/")
	for at := 0; ; at++ {
		next := strings.IndexByte(name[at:], '/')
		if next < 0 {
			return b.allows(u, name, 0o4)
		}
		at += next
		if blocked, err := b.allows(u, name[:at], 0o1); blocked != "" || err != nil {
			return blocked, err
		}
	}
}

// allows asks for the bits of one file: 4 reads, 1 goes through a directory.
func (b Board) allows(u User, name string, bits fs.FileMode) (blocked string, err error) {
	info, err := fs.Stat(b.root, name)
	if err != nil {
		return "", err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case u.ID == 0 || !ok:
		return "", nil
	case int(owner.Uid) == u.ID:
		bits <<= 6
	case slices.Contains(u.Groups, int(owner.Gid)):
		bits <<= 3
	}
	if info.Mode().Perm()&bits == 0 {
		return "/" + name, nil
	}
	return "", nil
}
