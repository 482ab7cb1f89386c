package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	maxTries  = 6           // attempts in a row that bring nothing
	firstWait = time.Second // before the second attempt; doubles each time
	pieceSize = 256 << 10   // bytes that are read at once
)

const goesOn = "pull again: it goes on where it was"

var errSilent = errors.New("nothing arrives any more")

// download brings the bytes of a file that are missing, over as many connections as
// that takes.
type download struct {
	*client
	from metadata
	to   *partial
	name string

	pieces int  // answers that bytes came from, at this run or an earlier one
	anew   bool // it was begun once more
	whole  bool // a range came back wrong: ask for everything
}

func (d *download) run(ctx context.Context) error {
	if d.to.at > 0 {
		d.pieces++
	}
	best := d.to.at // where the end of the file has ever been
	for tries := 0; d.to.at < d.from.size; {
		err := d.attempt(ctx)
		switch {
		case err == nil && d.to.at == d.from.size:
			continue
		case err == nil:
			err = &passing{error: &Error{Text: "the connection ended early", Cure: goesOn}}
		case ctx.Err() != nil:
			return errors.Join(ctx.Err(), d.to.sync())
		}
		var later *passing
		if !errors.As(err, &later) {
			return errors.Join(err, d.to.sync())
		}
		if d.to.at > best {
			best, tries = d.to.at, 0
		}
		if tries++; tries >= maxTries {
			err = &Error{Text: fmt.Sprintf("gave up at %s of %s", megabytes(d.to.at), megabytes(d.from.size)), Err: err}
		} else {
			err = d.pause(ctx, tries, later)
		}
		if err != nil {
			return errors.Join(err, d.to.sync())
		}
	}
	return nil
}

// attempt asks for what is missing, over one connection.
func (d *download) attempt(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if d.whole && d.to.at > 0 {
		if err := d.restart(); err != nil {
			return err
		}
	}
	header, asked := http.Header{}, d.to.at
	if asked > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", asked))
		if d.to.note.Validator != "" {
			header.Set("If-Range", d.to.note.Validator)
		}
	}
	resp, err := d.send(ctx, http.MethodGet, d.from.address, header, nil)
	var status *StatusError
	if errors.As(err, &status) && status.Code == http.StatusRequestedRangeNotSatisfiable && asked > 0 {
		d.whole = true
		return &passing{error: err}
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := d.begin(resp, asked); err != nil {
		return err
	}
	if e := strongETag(resp.Header); e != "" {
		d.to.note.Validator = e
	}
	d.pieces++
	err = d.receive(resp.Body, time.AfterFunc(d.settings.Idle, func() { stop(errSilent) }))
	if isPassing(err) && errors.Is(context.Cause(ctx), errSilent) {
		return &passing{error: &Error{Err: errSilent, Cure: goesOn}}
	}
	return err
}

// restart forgets all that arrived.
func (d *download) restart() error {
	d.pieces = 0
	return d.to.restart()
}

// begin decides what the bytes of an answer are. Whatever is not the rest of the
// file as it was makes everything begin anew.
func (d *download) begin(resp *http.Response, asked int64) error {
	if resp.StatusCode == http.StatusPartialContent {
		r, err := parseContentRange(resp.Header.Get("Content-Range"))
		was, is := d.to.note.Validator, strongETag(resp.Header)
		if asked > 0 && err == nil && r.start == asked && r.total == d.from.size && (was == "" || is == "" || is == was) {
			return nil
		}
		if d.whole {
			return &Error{Text: fmt.Sprintf("%s sends a part that was not asked for", resp.Request.URL.Host), Err: err}
		}
		d.whole = true
		return &passing{error: &Error{Text: resp.Request.URL.Host + " sends another part than the one asked for", Err: err}}
	}
	if n := resp.ContentLength; n >= 0 && n != d.from.size {
		return &Error{Text: fmt.Sprintf("the file has %d bytes now, expected %d", n, d.from.size), Cure: "it was changed meanwhile: pull again"}
	}
	if asked == 0 {
		return nil
	}
	d.Note("the other end begins anew: the file changed, or it knows no ranges")
	return d.restart()
}

// receive takes the bytes, and never more than the file has. silence goes off when
// none came for too long; while the disk is busy it does not count.
func (d *download) receive(body io.Reader, silence *time.Timer) error {
	defer silence.Stop()
	buffer := make([]byte, pieceSize)
	for {
		silence.Reset(d.settings.Idle)
		n, err := body.Read(buffer)
		silence.Stop()
		if int64(n) > d.from.size-d.to.at {
			return &Error{Text: fmt.Sprintf("more than the %d bytes of the file arrive", d.from.size), Cure: "the server is wrong about its own file: it is not to be trusted"}
		}
		if _, e := d.to.Write(buffer[:n]); e != nil {
			return e
		}
		d.Progress(Progress{Downloading, d.name, d.to.at, d.from.size})
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &passing{error: &Error{Text: "the connection broke", Err: err, Cure: goesOn}}
		}
	}
}

// pause waits before the next attempt: as long as the server asked for, or longer
// each time.
func (c *client) pause(ctx context.Context, tries int, why *passing) error {
	wait := firstWait << (tries - 1)
	wait += rand.N(wait / 4) // so that a house full of boards does not come back as one
	wait = max(wait, why.after)
	c.Note(fmt.Sprintf("%v; again in %s", why, wait.Round(time.Second)))
	return c.wait(ctx, wait)
}

// again does something until it works, or fails for good.
func (c *client) again(ctx context.Context, f func() error) error {
	for tries := 1; ; tries++ {
		err := f()
		var later *passing
		if !errors.As(err, &later) || later.once || tries >= maxTries-2 {
			return err
		}
		if e := c.pause(ctx, tries, later); e != nil {
			return e
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
