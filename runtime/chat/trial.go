package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// Trial tries a template somewhere it can do no harm, and returns why it cannot
// be used, or nil. ErrNoTrial means that nothing was found out.
type Trial func(Job) error

// Job is a template to try, and the texts of its special tokens.
type Job struct {
	Source string `json:"source"`
	BOS    string `json:"bos"`
	EOS    string `json:"eos"`
}

// ErrNoTrial is wrapped by the error of a trial that could not take place.
var ErrNoTrial = errors.New("the chat template could not be tried in a process of its own")

// Limits of the child process. The address space comes on top of what the child
// has when it starts.
const (
	trialCPU     = 5                // seconds
	trialWall    = 20 * time.Second // starting takes a second or two on a busy Pi
	trialMemory  = 256 << 20        // bytes
	trialMessage = 4 << 10          // bytes of what it says
)

// TrialProcess tries templates in a child process: exe with args has to call
// TrialMain. The child gets no environment, and only the template to read.
func TrialProcess(exe string, args ...string) Trial {
	return func(job Job) error {
		input, err := json.Marshal(job)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.Background(), trialWall)
		defer cancel()
		cmd := exec.CommandContext(ctx, exe, args...)
		cmd.Env = []string{}
		cmd.Stdin = bytes.NewReader(input)
		cmd.WaitDelay = time.Second
		out := capped{left: trialMessage}
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			return fmt.Errorf("%w (%v)", ErrNoTrial, err)
		}
		if err := cmd.Wait(); err != nil {
			if cmd.ProcessState.ExitCode() == 1 { // TrialMain's own error
				return fmt.Errorf("%w (%s: %v)", ErrNoTrial, exe, err)
			}
			return fmt.Errorf("the template was stopped when it was tried: it used too much time or memory (%v)", err)
		}
		switch said := out.String(); {
		case said == trialPassed:
			return nil
		case strings.HasPrefix(said, trialFailed):
			return errors.New(strings.TrimSpace(strings.TrimPrefix(said, trialFailed)))
		}
		return fmt.Errorf("%w (%s did not answer as expected)", ErrNoTrial, exe)
	}
}

// What the child says.
const (
	trialPassed = "passed\n"
	trialFailed = "failed: "
)

// TrialMain is the child's side: it limits its own process, reads a template,
// tries it and says how that went.
func TrialMain(in io.Reader, out io.Writer) error {
	if err := limitProcess(trialCPU, trialMemory); err != nil {
		return err
	}
	var job Job
	if err := json.NewDecoder(io.LimitReader(in, 16*maxSource)).Decode(&job); err != nil {
		return err
	}
	p, err := compile(job.Source, job.BOS, job.EOS)
	if err == nil {
		err = p.trySamples()
	}
	if err != nil {
		_, err = fmt.Fprintf(out, "%s%v\n", trialFailed, err)
		return err
	}
	_, err = io.WriteString(out, trialPassed)
	return err
}

// samples are conversations that a template is tried with. It has to write the
// first; it may refuse the others, but not run into a limit.
var samples = [][]Message{
	{{"user", sampleText}},
	{{"system", "Be brief."}, {"user", sampleText}},
	{{"user", "Hi!"}, {"assistant", "Hello."}, {"user", sampleText}, {"assistant", "Yes."}},
}

const sampleText = "Is the light on?"

func (p *program) trySamples() error {
	for i, messages := range samples {
		for _, addGenerationPrompt := range []bool{true, false} {
			text, err := p.render(messages, addGenerationPrompt, time.Now)
			switch {
			case err != nil && (i == 0 || errors.Is(err, errLimit)):
				return err
			case i == 0 && !strings.Contains(text, sampleText):
				return errors.New("the template leaves out what the user says")
			}
		}
	}
	return nil
}

// capped keeps the beginning of what is written.
type capped struct {
	strings.Builder
	left int
}

func (c *capped) Write(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.left -= n
	c.Builder.Write(p[:n])
	return len(p), nil
}
