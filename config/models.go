package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const modelEnding = ".gguf"

// ModelFile is a model in a directory.
type ModelFile struct {
	Name     string // the file's name without .gguf
	Path     string
	Size     int64 // bytes
	Modified time.Time
}

// Why a model was not found.
var (
	ErrNoModel    = errors.New("no model")
	ErrManyModels = errors.New("more than one model")
)

// ModelError says which model was looked for and what there is instead. It
// matches ErrNoModel or ErrManyModels.
type ModelError struct {
	Name string      // as asked for; "" is the only one of a directory
	Dirs []string    // where it was looked for
	Have []ModelFile // what is there
	Kind error
}

func (e *ModelError) Error() string {
	where := strings.Join(e.Dirs, ", ")
	switch {
	case e.Name != "":
		return fmt.Sprintf("no model %q in %s", e.Name, where)
	case errors.Is(e.Kind, ErrManyModels):
		return fmt.Sprintf("%d models in %s and none is chosen", len(e.Have), where)
	}
	return "no model in " + where
}

// Hint is the cure.
func (e *ModelError) Hint() string {
	names := make([]string, len(e.Have))
	for i, m := range e.Have {
		names[i] = m.Name
	}
	switch {
	case errors.Is(e.Kind, ErrManyModels):
		return fmt.Sprintf("set model.name to one of %s", strings.Join(names, ", "))
	case e.Name == "": // the service asks, whose models root puts there
		return "sudo llamad pull tinyllama fetches one, or copy a .gguf file to " + e.Dirs[0]
	case len(names) == 0:
		return "llamad pull tinyllama fetches one, or copy a .gguf file to " + e.Dirs[len(e.Dirs)-1]
	}
	if best := nearest(e.Name, names); best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "there is " + strings.Join(names, ", ")
}

func (e *ModelError) Unwrap() error { return e.Kind }

// ListModels is what lies in dir, by name. A directory that does not exist
// holds nothing.
func ListModels(dir string) ([]ModelFile, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var models []ModelFile
	for _, e := range entries {
		name, is := strings.CutSuffix(e.Name(), modelEnding)
		if !is || name == "" || name[0] == '.' {
			continue
		}
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path) // follows a link into a download cache
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		models = append(models, ModelFile{name, path, info.Size(), info.ModTime()})
	}
	return models, nil
}

// File is the model that the configuration chooses: Path, or Name in
// Directory, or the only one there.
//
// Errors: *ModelError, or that of reading the directory.
func (m Model) File() (string, error) {
	if m.Path != "" {
		return m.Path, nil
	}
	if m.Name != "" {
		return FindModel(m.Name, m.Directory)
	}
	have, err := ListModels(m.Directory)
	switch {
	case err != nil:
		return "", fmt.Errorf("model.directory: %w: the user that runs llamad must be able to read it, and its disk to work", err)
	case len(have) == 0:
		return "", &ModelError{Dirs: []string{m.Directory}, Kind: ErrNoModel}
	case len(have) > 1:
		return "", &ModelError{Dirs: []string{m.Directory}, Have: have, Kind: ErrManyModels}
	}
	return have[0].Path, nil
}

// FindModel is the file that name means: a path when it has a slash, else a
// file of that name, with or without .gguf, in the first directory that has it.
//
// A path is not looked at, so that opening it gives the error.
func FindModel(name string, dirs ...string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	var have []ModelFile
	for _, dir := range dirs {
		for _, path := range []string{filepath.Join(dir, name), filepath.Join(dir, name+modelEnding)} {
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path, nil
			}
		}
		found, err := ListModels(dir)
		if err != nil {
			continue // one that may not be read has nothing to offer
		}
		have = append(have, found...)
	}
	slices.SortFunc(have, func(a, b ModelFile) int { return strings.Compare(a.Name, b.Name) })
	return "", &ModelError{Name: name, Dirs: dirs, Have: have, Kind: ErrNoModel}
}
