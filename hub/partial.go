package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

const (
	// checkpoint is how much is received between two moments at which it is known to
	// be on the disk, in bytes. What comes after the last is asked for again.
	checkpoint = 4 << 20

	maxNote = 4 << 10 // bytes of the note beside the file
	spare   = 64 << 20
)

// partial is a file that is not all there yet, and the note beside it that says what
// it is a part of and how much of it is certain.
type partial struct {
	path string
	file *os.File
	note note
	at   int64 // bytes that were written
}

// note is that of <path>.json.
type note struct {
	Content   string `json:"content"`             // what names the content: a digest, or an address and its ETag
	Size      int64  `json:"size"`                // of the whole, in bytes
	Validator string `json:"validator,omitempty"` // the ETag under which the bytes came
	Synced    int64  `json:"synced"`              // bytes that are on the disk
}

// openPartial opens or creates the file and goes on where an earlier attempt for the
// same content stopped; content "" never does. It makes sure of the space first.
func openPartial(path, content string, size int64) (_ *partial, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o644)
	if err != nil {
		return nil, diskError(err)
	}
	p := &partial{path: path, file: file}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, diskError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, &Error{Text: path + " is no regular file", Cure: "remove it"}
	}
	p.note = note{Content: content, Size: size}
	var was note
	if text, e := readSmall(p.notePath(), maxNote); e == nil && json.Unmarshal(text, &was) == nil && content != "" &&
		was.Content == content && was.Size == size && was.Synced >= 0 && was.Synced <= min(size, info.Size()) && len(was.Validator) <= 256 {
		p.note, p.at = was, was.Synced
	}
	if err := p.file.Truncate(p.at); err != nil {
		return nil, diskError(err)
	}
	if err := p.reserve(); err != nil {
		if p.at == 0 {
			p.discard()
		}
		return nil, err
	}
	_, err = p.file.Seek(p.at, io.SeekStart)
	return p, diskError(err)
}

// reserve looks at the free space and takes what the rest of the file needs, without
// making the file longer: its length is how much there is.
func (p *partial) reserve() error {
	var fs unix.Statfs_t
	if err := unix.Fstatfs(int(p.file.Fd()), &fs); err != nil {
		return diskError(os.NewSyscallError("statfs", err))
	}
	free, need := int64(fs.Bavail)*fs.Bsize, p.note.Size-p.at
	if need+spare > free {
		return &Error{
			Text: fmt.Sprintf("%s are missing and %s of %s are free", megabytes(need), megabytes(free), filepath.Dir(p.path)),
			Cure: fmt.Sprintf("make room for it and %s beside, take a smaller quantization, or another disk with --to DIR or HF_HUB_CACHE", megabytes(spare)),
		}
	}
	if need == 0 {
		return nil
	}
	err := unix.Fallocate(int(p.file.Fd()), unix.FALLOC_FL_KEEP_SIZE, p.at, need)
	if err == nil || errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) {
		return nil
	}
	return diskError(os.NewSyscallError("fallocate", err))
}

// Write appends, and notes from time to time what is certain.
func (p *partial) Write(b []byte) (int, error) {
	n, err := p.file.Write(b)
	p.at += int64(n)
	if err == nil && p.at-p.note.Synced >= checkpoint {
		err = p.sync()
	}
	return n, diskError(err)
}

// sync makes all that was written certain.
func (p *partial) sync() error {
	if err := unix.Fdatasync(int(p.file.Fd())); err != nil {
		return diskError(os.NewSyscallError("fdatasync", err))
	}
	p.note.Synced = p.at
	text, err := json.Marshal(p.note)
	if err == nil {
		err = writeFile(p.notePath(), text)
	}
	return diskError(err)
}

// restart forgets all that was written.
func (p *partial) restart() error {
	p.note.Validator, p.note.Synced, p.at = "", 0, 0
	os.Remove(p.notePath())
	_, err := p.file.Seek(0, io.SeekStart)
	if err == nil {
		err = p.file.Truncate(0)
	}
	if err != nil {
		return diskError(err)
	}
	return p.reserve()
}

// leave keeps what is certain for the next attempt, and gives back the space for the
// rest. Where there is nothing, nothing stays.
func (p *partial) leave() {
	if p.note.Synced == 0 {
		p.discard()
		return
	}
	_ = p.file.Truncate(p.note.Synced)
}

// discard removes the file and its note.
func (p *partial) discard() {
	p.note.Synced = 0
	os.Remove(p.path)
	os.Remove(p.notePath())
}

func (p *partial) close() { p.file.Close() }

func (p *partial) notePath() string { return p.path + ".json" }

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
