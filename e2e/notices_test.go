package e2e

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// part is a component of a CycloneDX list.
type part struct{ Name, Version, Purl string }

// The list of the parts and the licences beside a program are about all that Go's
// linker noted down in this program, and about nothing else.
func TestNoticesAreAboutTheProgram(t *testing.T) {
	for _, architecture := range []string{"arm64", "amd64"} {
		t.Run(architecture, func(t *testing.T) {
			program := build("llamad-" + architecture)
			info, err := buildinfo.ReadFile(program)
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(program + ".cdx.json")
			if err != nil {
				t.Fatal(err)
			}
			var list struct {
				BOMFormat, SerialNumber string
				Metadata                struct {
					Timestamp  string
					Tools      []struct{ Hashes []any }
					Component  part
					Properties []struct{ Name, Value string }
				}
				Components []part
			}
			if err := json.Unmarshal(text, &list); err != nil {
				t.Fatal(err)
			}
			var want, got []string
			for _, d := range info.Deps {
				want = append(want, d.Path+" "+d.Version)
			}
			want = append(want, "std "+info.GoVersion)
			for _, c := range list.Components {
				got = append(got, c.Name+" "+c.Version)
				if !strings.HasPrefix(c.Purl, "pkg:golang/"+c.Name+"@"+c.Version) || !strings.Contains(c.Purl, "goarch="+architecture) {
					t.Errorf("%s has the address %s", c.Name, c.Purl)
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("the list has %q,\nthe program %q", got, want)
			}
			main := list.Metadata.Component
			if list.BOMFormat != "CycloneDX" || main.Name != "llamad" || main.Version == "" {
				t.Errorf("the list is of %+v", main)
			}
			// What would be different the next time, or elsewhere.
			if list.SerialNumber != "" || list.Metadata.Timestamp != "" || len(list.Metadata.Tools) != 1 || list.Metadata.Tools[0].Hashes != nil {
				t.Errorf("serial number %q, time %q, tools %v", list.SerialNumber, list.Metadata.Timestamp, list.Metadata.Tools)
			}
			bytes, err := os.ReadFile(program)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(bytes)
			digest := struct{ Name, Value string }{"cdx:gomod:binary:hash:SHA-256", hex.EncodeToString(sum[:])}
			if !slices.Contains(list.Metadata.Properties, digest) {
				t.Errorf("the list is of another program than that with %s", digest.Value)
			}

			notice, err := os.ReadFile(program + ".NOTICE")
			if err != nil {
				t.Fatal(err)
			}
			head, _, _ := strings.Cut(string(notice), "\n====")
			var named []string
			for line := range strings.Lines(head) {
				if name, ok := strings.CutPrefix(line, "  "); ok {
					named = append(named, strings.Replace(strings.TrimSpace(name), "Go go", "std go", 1))
				}
			}
			want = append(want, "llamad")
			slices.Sort(want)
			slices.Sort(named)
			if !slices.Equal(named, want) {
				t.Errorf("the notice has %q,\nthe program %q", named, want)
			}
		})
	}
}
