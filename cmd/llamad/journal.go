package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"llamad/mqtt"
)

// journal remembers over our death which prompt ran, so that one which kills us
// is not tried for ever: the broker hands it over again at each start.
//
// It is a file of one block, written in place and synced before a prompt runs.
// Only the goroutine that computes uses it.
type journal struct {
	file *os.File // nil where it cannot be kept; then it only knows this life
	log  *slog.Logger
	page journalPage
}

// journalPage is what the file holds.
type journalPage struct {
	Running string  `json:"running"` // fingerprint of the prompt, "" when none runs
	Deaths  []death `json:"deaths"`  // of prompts that are to come again, oldest first
}

// death is a prompt that ran when we died.
type death struct {
	Prompt string `json:"prompt"`
	Times  int    `json:"times"`
}

// whole says that we may have written the page, so that it fits in again.
func (p *journalPage) whole() bool {
	prompts := []string{p.Running}
	for _, d := range p.Deaths {
		prompts = append(prompts, d.Prompt)
	}
	return len(p.Deaths) <= maxSuspects && !slices.ContainsFunc(prompts, func(prompt string) bool {
		b, err := hex.DecodeString(prompt)
		return err != nil || prompt != "" && len(b) != 16
	})
}

const (
	maxDeaths    = 2    // of us, before a prompt is refused
	maxSuspects  = 16   // that are remembered: as many as wait at most
	journalBytes = 2048 // one write, whatever is in it
)

// openJournal reads what the last life left at path. A journal that cannot be kept
// is no reason not to serve.
func openJournal(path string, log *slog.Logger) *journal {
	j := &journal{log: log}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		j.complain(err)
		return j
	}
	j.file = file
	page := make([]byte, journalBytes)
	n, _ := file.ReadAt(page, 0)
	if page = bytes.TrimSpace(page[:n]); len(page) > 0 && (json.Unmarshal(page, &j.page) != nil || !j.page.whole()) {
		log.Warn("the journal of the running prompt is damaged and begun anew", "file", path)
		j.page = journalPage{}
	}
	if j.page.Running != "" {
		d := j.forget(j.page.Running)
		d.Times++
		j.page.Deaths = append(j.page.Deaths, d)
		if over := len(j.page.Deaths) - maxSuspects; over > 0 {
			j.page.Deaths = slices.Delete(j.page.Deaths, 0, over)
		}
		j.page.Running = ""
		log.Warn("llamad did not stop in order: a prompt was running", "prompt", d.Prompt, "times", d.Times)
	}
	j.write(true)
	return j
}

// begin notes that req runs, or refuses it when we died of it too often. What the
// broker does not hand over again needs no note.
func (j *journal) begin(req *mqtt.Request) error {
	if !req.Kept() {
		return nil
	}
	prompt := req.Fingerprint()
	i := slices.IndexFunc(j.page.Deaths, func(d death) bool { return d.Prompt == prompt })
	if i >= 0 && j.page.Deaths[i].Times >= maxDeaths {
		times := j.forget(prompt).Times // whoever asks again, is heard again
		j.write(true)
		return &mqtt.Error{Code: mqtt.Internal, Message: fmt.Sprintf("llamad died %d times while this prompt ran, so it is not tried again: its log says of what", times)}
	}
	j.page.Running = prompt
	j.write(true)
	return nil
}

// end says that the running prompt is done with. It may be lost with the power:
// then a prompt that has its answer counts as one that ran, which does not matter
// before it comes again.
func (j *journal) end() {
	if j.page.Running == "" {
		return
	}
	j.forget(j.page.Running)
	j.page.Running = ""
	j.write(false)
}

func (j *journal) forget(prompt string) death {
	i := slices.IndexFunc(j.page.Deaths, func(d death) bool { return d.Prompt == prompt })
	if i < 0 {
		return death{Prompt: prompt}
	}
	d := j.page.Deaths[i]
	j.page.Deaths = slices.Delete(j.page.Deaths, i, i+1)
	return d
}

func (j *journal) write(durable bool) {
	if j.file == nil {
		return
	}
	text, err := json.Marshal(j.page)
	if err == nil {
		_, err = j.file.WriteAt(append(text, bytes.Repeat([]byte(" "), journalBytes-len(text))...), 0)
	}
	if err == nil && durable {
		err = j.file.Sync()
	}
	if err != nil {
		j.complain(err)
		j.file.Close()
		j.file = nil
	}
}

func (j *journal) complain(err error) {
	j.log.Warn("it cannot be kept which prompt runs: one that kills llamad is tried again and again", "err", err)
}

// close is a stop in order.
func (j *journal) close() {
	j.page.Running = ""
	j.write(true)
	if j.file != nil {
		j.file.Close()
	}
}
