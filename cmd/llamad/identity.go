package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// identity is who we are to the broker, the same at every start: under the client
// id it keeps prompts for us, and by the instance two daemons of one name tell
// each other apart.
type identity struct {
	instance string // 16 hexadecimal digits
	clientID string // "llamad-0123456789ab", of the length that every broker takes
}

const instanceFile = "instance"

// file is where what belongs to our session at the broker is kept: daemons of
// several nodes may share a state directory.
func (id identity) file(dir, what string) string { return filepath.Join(dir, id.clientID+"."+what) }

// loadIdentity reads the identity kept in dir, and makes one at the first start.
// When that fails the error says why, and the identity is one made of the
// machine's own.
func loadIdentity(dir, node string) (identity, error) {
	instance, err := readInstance(dir)
	if errors.Is(err, fs.ErrNotExist) {
		instance, err = makeInstance(dir)
	}
	if err != nil {
		machine, _ := os.ReadFile("/etc/machine-id")
		instance = digits("llamad "+string(machine)+node, 16)
	}
	// Two daemons that share a state directory differ in their nodes.
	return identity{instance: instance, clientID: "llamad-" + digits(instance+" "+node, 12)}, err
}

func readInstance(dir string) (string, error) {
	path := filepath.Join(dir, instanceFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	instance := strings.TrimSpace(string(text))
	if b, err := hex.DecodeString(instance); err != nil || len(b) != 8 {
		return "", fmt.Errorf("%s: expected 16 hexadecimal digits: remove the file, and a new one is made", path)
	}
	return instance, nil
}

func makeInstance(dir string) (string, error) {
	var b [8]byte
	rand.Read(b[:]) // never fails
	instance := hex.EncodeToString(b[:])
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := replaceFile(filepath.Join(dir, instanceFile), instance+"\n", 0o644); err != nil {
		return "", err
	}
	return instance, nil
}

func digits(s string, n int) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:n]
}

// stateDirectory is systemd's for the service, else the user's own.
func stateDirectory(environ []string) string {
	if dir, _, _ := strings.Cut(variable(environ, "STATE_DIRECTORY"), ":"); dir != "" {
		return dir
	}
	if dir := variable(environ, "XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "llamad")
	}
	return filepath.Join(variable(environ, "HOME"), ".local", "state", "llamad")
}
