package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Log is a file of what a measurement has done: a line that says what is measured
// and below it a record for each step, JSON each. A record is one write, so that
// whatever ends the program costs at most the step it is at.
type Log[Record any] struct {
	file *os.File
	Done []Record // what the file held when it was opened
}

// maxLog bounds a file of records: some hundred bytes for each of 100,000 steps.
const maxLog = 64 << 20

// MismatchError is a file of another measurement.
type MismatchError struct{ Path, Found, Expected string }

func (e *MismatchError) Error() string {
	return fmt.Sprintf("%s is of another measurement: %s, expected %s", e.Path, e.Found, e.Expected)
}

func (e *MismatchError) Hint() string {
	return "name another file, or remove this one to begin anew"
}

// OpenLog opens the file for a measurement that run describes, or begins it where
// there is none. A line that was cut short is given up.
func OpenLog[Record any](path string, run any) (_ *Log[Record], err error) {
	head, err := json.Marshal(run)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxLog {
		return nil, &fs.PathError{Op: "resume", Path: path, Err: errors.New("is no file of a measurement")}
	}
	data, err := io.ReadAll(io.LimitReader(f, maxLog))
	if err != nil {
		return nil, err
	}
	l := &Log[Record]{file: f}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	if len(whole) == 0 {
		// Nothing but the beginning of our own first line may be written over.
		if !bytes.HasPrefix(head, data) {
			return nil, &MismatchError{path, brief(data), string(head)}
		}
		if err := f.Truncate(0); err != nil {
			return nil, err
		}
		_, err = f.WriteAt(append(head, '\n'), 0)
		return l.end(err)
	}
	first, records, _ := bytes.Cut(whole, []byte{'\n'})
	if !bytes.Equal(first, head) {
		return nil, &MismatchError{path, brief(first), string(head)}
	}
	for number := 2; len(records) > 0; number++ {
		line, rest, _ := bytes.Cut(records, []byte{'\n'})
		var r Record
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number, err)
		}
		l.Done = append(l.Done, r)
		records = rest
	}
	return l.end(f.Truncate(int64(len(whole))))
}

// end goes to the end of the file.
func (l *Log[Record]) end(err error) (*Log[Record], error) {
	if err == nil {
		_, err = l.file.Seek(0, io.SeekEnd)
	}
	return l, err
}

// brief is as much of a line as goes into a message.
func brief(line []byte) string { return fmt.Sprintf("%.300q", line) }

// Add writes the record of a step.
func (l *Log[Record]) Add(r Record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = l.file.Write(append(line, '\n'))
	return err
}

// Close makes what was written last through a loss of power.
func (l *Log[Record]) Close() error { return errors.Join(l.file.Sync(), l.file.Close()) }
