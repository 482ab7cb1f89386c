package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"llamad/mqtt/mosquittotest"
	"llamad/runtime/shape"
)

// damage is something that happens to the file of a model in use.
type damage struct {
	name  string
	whole bool // the bytes under the map stay as they were: what runs is finished
	gone  bool // nothing that could be opened is left there
	do    func(v *victim) error
}

var damages = []damage{
	{"cut to nothing", false, true, func(v *victim) error { return os.Truncate(v.path, 0) }},
	{"cut somewhere", false, true, func(v *victim) error { return os.Truncate(v.path, v.draw.Int64N(v.size)) }},
	{"cut in half", false, true, func(v *victim) error { return os.Truncate(v.path, v.size/2) }},
	{"cut by a page", false, true, func(v *victim) error { return os.Truncate(v.path, v.size-int64(os.Getpagesize())) }},
	{"overwritten", false, false, func(v *victim) error {
		junk := make([]byte, v.size/8)
		for i := range junk {
			junk[i] = byte(v.draw.Uint32())
		}
		return v.write(junk, v.size/8+v.draw.Int64N(v.size*3/4))
	}},
	{"its end overwritten with zeros", false, false, func(v *victim) error { return v.write(make([]byte, v.size/4), v.size-v.size/4) }},
	{"a hole for its end", false, false, func(v *victim) error {
		f, err := os.OpenFile(v.path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		hole := v.size / 4
		return errors.Join(unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, v.size-hole, hole), f.Close())
	}},
	{"not to be read", false, true, func(v *victim) error { return os.Chmod(v.path, 0) }},
	{"replaced by a good one", true, false, func(v *victim) error { return os.Rename(v.copy(), v.path) }},
	{"replaced by another thing", true, true, func(v *victim) error {
		other := v.path + ".other"
		return errors.Join(os.WriteFile(other, []byte("no model"), 0o644), os.Rename(other, v.path))
	}},
	{"removed", true, true, func(v *victim) error { return os.Remove(v.path) }},
	{"moved away", true, true, func(v *victim) error { return os.Rename(v.path, v.path+".old") }},
}

// moment is when it happens.
type moment string

const (
	inPrefill moment = "prefill"
	inDecode  moment = "decode"
	atOpening moment = "while it is opened"
)

// blow is one of each.
type blow struct {
	damage *damage
	moment moment
}

// blows are n of them by chance, with all there are among the first.
func blows(n int, draw *rand.Rand) (list []blow) {
	for len(list) < n {
		var all []blow
		for i := range damages {
			for _, m := range []moment{inPrefill, inDecode, atOpening} {
				all = append(all, blow{&damages[i], m})
			}
		}
		draw.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		list = append(list, all...)
	}
	return list[:n]
}

// workload is what a victim computes while it is attacked: long enough that it
// never is too late.
type workload struct {
	prompt func(i int) string // different from its first words on
	tokens int                // of the answer
	delay  time.Duration      // into prefill or decode, at the most
}

// victim is a daemon with a model file of its own.
type victim struct {
	*testing.T
	binary binary
	work   *workload
	draw   *rand.Rand
	good   string // a file that nobody touches
	path   string // its copy in use
	size   int64
	daemon *daemon
	client *client
	want   string // what a sound model answers
	asked  int

	failed, back slowest
}

// slowest is the longest of many times.
type slowest struct {
	time time.Duration
	what string
	n    int
}

func (s *slowest) note(d time.Duration, what string) {
	if s.n++; d >= s.time {
		s.time, s.what = d, what
	}
}

func (s *slowest) String() string {
	return fmt.Sprintf("%v at most (%s), of %d", s.time.Round(time.Millisecond), s.what, s.n)
}

// subject starts a daemon that may read no more of files than their modes say, also
// where a test runs as root.
func subject(t *testing.T, b binary, good string, work *workload, threads int, seed uint64) *victim {
	t.Helper()
	if os.Geteuid() == 0 {
		b.command = append([]string{"setpriv", "--bounding-set=-dac_override,-dac_read_search"}, b.command...)
	}
	info, err := os.Stat(good)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	v := &victim{T: t, binary: b, work: work, draw: rand.New(rand.NewPCG(seed, 6)), good: good, path: filepath.Join(dir, "model.gguf"), size: info.Size()}
	if err := os.Rename(v.copy(), v.path); err != nil {
		t.Fatal(err)
	}
	broker := mosquittotest.Start(t)
	config := filepath.Join(dir, "llamad.toml")
	text := fmt.Sprintf("[mqtt]\nbroker = %q\nnode = \"test\"\nraw = true\n[model]\npath = %q\nthreads_prefill = %d\nthreads_decode = %d\n", broker.URL(), v.path, threads, threads)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	v.daemon = serveWith(t, b, config, dir)
	v.client = dial(t, broker)
	v.client.waitOnline(b.slow)
	v.info(0, "ready")
	a := v.check()
	if a.Status != "ok" {
		t.Fatalf("before any attack: %+v", a)
	}
	v.want = a.Text
	return v
}

// copy is a good file under a name that nobody looks for.
func (v *victim) copy() string {
	in, err := os.Open(v.good)
	if err != nil {
		v.Fatal(err)
	}
	defer in.Close()
	path := v.path + ".new"
	out, err := os.Create(path)
	if err != nil {
		v.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		v.Fatal(err)
	}
	return path
}

// write puts bytes into the file in use.
func (v *victim) write(b []byte, at int64) error {
	f, err := os.OpenFile(v.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(b, at)
	return errors.Join(err, f.Close())
}

// ask publishes a prompt and gives its id.
func (v *victim) ask(prompt string, tokens int) string {
	v.asked++
	id := fmt.Sprintf("p%d", v.asked)
	v.client.publish("prompt", 1, object{"id": id, "prompt": prompt, "raw": true, "max_tokens": tokens, "temperature": 0, "repeat_penalty": 1, "deadline_s": 3000})
	return id
}

func (v *victim) answer(id string) answer {
	v.Helper()
	return v.client.answer("response", id, v.binary.slow)
}

// check asks what a sound model has one answer to.
func (v *victim) check() answer {
	v.Helper()
	return v.answer(v.ask("Who is there?", 8))
}

// info waits for a report of that status which is not among the first n.
func (v *victim) info(n int, status string) {
	v.Helper()
	v.client.since("info", n, v.binary.slow, func(payload []byte) bool {
		var info struct{ Status string }
		return json.Unmarshal(payload, &info) == nil && info.Status == status
	})
}

func (v *victim) infos() int { return len(v.client.received("info")) }

// until waits until a prompt is in prefill or generating, and a while of it.
func (v *victim) until(id string, state string) {
	v.Helper()
	v.client.until("status", v.binary.slow, func(payload []byte) bool {
		var s struct{ ID, State string }
		return json.Unmarshal(payload, &s) == nil && s.ID == id && s.State == state
	})
	time.Sleep(time.Duration(v.draw.Int64N(int64(v.work.delay))))
}

// suffer is one blow from beginning to end.
func (v *victim) suffer(i int, b blow) {
	v.Helper()
	what := fmt.Sprintf("%s, %s", b.damage.name, b.moment)
	if b.moment == atOpening { // it is opened again for the next prompt
		if err := os.Rename(v.copy(), v.path); err != nil {
			v.Fatal(err)
		}
	}
	before := v.infos()
	id := v.ask(v.work.prompt(i), v.work.tokens)
	switch b.moment {
	case inPrefill:
		v.until(id, "prefill")
	case inDecode:
		v.until(id, "generating")
	case atOpening:
		time.Sleep(time.Duration(v.draw.Int64N(int64(10 * time.Millisecond))))
	}
	begin := time.Now()
	if err := b.damage.do(v); err != nil {
		v.Fatalf("%s: %v", what, err)
	}
	a := v.answer(id)
	took := time.Since(begin)
	switch {
	case b.damage.whole && b.moment != atOpening:
		if a.Status != "ok" || a.Usage.Completion != v.work.tokens {
			v.Errorf("%s: %+v, want the whole answer", what, a)
		}
	case b.moment == atOpening: // before, in the middle, or after
		if a.Status != "ok" && a.Error.Code != "no_model" && a.Error.Code != "model_error" {
			v.Errorf("%s: %+v", what, a)
		}
	case a.Error.Code != "model_error":
		v.Errorf("%s: %+v, want a model_error", what, a)
	default:
		v.failed.note(took, what)
		v.info(before, "degraded")
	}
	if v.draw.IntN(4) == 0 { // somebody asks while it is like that
		if a := v.check(); b.damage.gone && a.Error.Code != "no_model" && a.Error.Code != "model_error" {
			v.Errorf("%s, and asked meanwhile: %+v", what, a)
		}
	}
	v.restore(what)
}

// restore brings the good file back, and measures how long its answer takes.
func (v *victim) restore(what string) {
	v.Helper()
	before := v.infos()
	var err error
	switch info, e := os.Stat(v.path); {
	case e == nil && info.Mode().Perm() == 0:
		err = os.Chmod(v.path, 0o644)
	case v.draw.IntN(2) == 0:
		err = os.Rename(v.copy(), v.path)
	default:
		var good []byte
		if good, err = os.ReadFile(v.good); err == nil {
			err = os.WriteFile(v.path, good, 0o644)
		}
	}
	if err != nil {
		v.Fatal(err)
	}
	begin := time.Now()
	a := v.check()
	if a.Status != "ok" {
		v.info(before, "ready")
		a = v.check()
	}
	if a.Status != "ok" || a.Text != v.want {
		v.Errorf("%s, and the good file is back: %+v, want %q", what, a, v.want)
	}
	v.back.note(time.Since(begin), what)
	v.Logf("%s: answered again after %v", what, time.Since(begin).Round(time.Millisecond))
	if v.Failed() {
		v.FailNow()
	}
}

// attack lets a daemon suffer n blows, through all of which one process lives.
func attack(t *testing.T, b binary, good string, work *workload, threads, n int, seed uint64) {
	v := subject(t, b, good, work, threads, seed)
	for i, blow := range blows(n, v.draw) {
		v.suffer(i, blow)
	}
	t.Logf("%d attacks, seed %d: a failed prompt knew after %v; after the good file was back an answer took %v", n, seed, &v.failed, &v.back)
	if code := v.daemon.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d, want 0: one process through all of it", code)
	}
	if starts := strings.Count(v.daemon.log.String(), " ready version="); starts != 1 {
		t.Errorf("the daemon started %d times", starts)
	}
}

// neverEnding is a model of random weights whose answers only max_tokens ends: its
// vocabulary of bytes has no end of turn.
func neverEnding(t testing.TB, layers, dim int) string {
	t.Helper()
	s := &shape.Shape{Name: "never-ending", Architecture: "llama", Layers: layers, Dim: dim, Hidden: 3 * dim, Heads: 8, KVHeads: 4,
		Vocab: 258, Context: 2048, Eps: 1e-5, RopeBase: 1e4, Tied: true}
	return writeShape(t, s, newVocabulary("<s>").keys()...)
}

// letters are so many bytes, and so many tokens, different for each i.
func letters(n int) func(i int) string {
	return func(i int) string { return fmt.Sprintf("%d.", i) + strings.Repeat("x", n) }
}

// Whatever happens to its model's file, a prompt that computes with it fails or is
// finished, the daemon lives and says so, and answers again once the file is good.
func TestSlowModelUnderAttack(t *testing.T) {
	daemons, many, few := 2, 3, 2
	if os.Getenv("LLAMAD_TEST_SLOW") != "" {
		daemons, many, few = 4, 25, 6
	}
	type target struct {
		name    string
		binary  binary
		good    string
		work    *workload
		threads int
		n       int
	}
	all := runtime.NumCPU()
	story := func(i int) string {
		return fmt.Sprintf("<|im_start|>user\nStory %d. %s Tell me more of it.<|im_end|>\n<|im_start|>assistant\n", i, strings.Repeat("The light is on and nobody is at home. ", 60))
	}
	targets := []target{{"SmolLM2", native, smolLM2(t), &workload{story, 100, 300 * time.Millisecond}, all, few}}
	small, long := neverEnding(t, 6, 1024), &workload{letters(700), 250, 200 * time.Millisecond}
	for i := range daemons {
		name, threads := "one worker", 1
		if i%2 == 1 {
			name, threads = "every worker", all
		}
		targets = append(targets, target{fmt.Sprintf("%s, %d", name, i/2), native, small, long, threads, many})
	}
	tiny, short := neverEnding(t, 2, 256), &workload{letters(300), 60, 500 * time.Millisecond}
	targets = append(targets, target{"pi5, one worker", binaries[1], tiny, short, 1, few}, target{"pi5, every worker", binaries[1], tiny, short, all, few})
	for i, s := range targets {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			attack(t, s.binary, s.good, s.work, s.threads, s.n, uint64(i+1))
		})
	}
}
