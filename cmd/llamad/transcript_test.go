package main

import (
	"bytes"
	"io"
	"testing"

	"llamad/mqtt"
)

func TestTranscript(t *testing.T) {
	part := func(seq int, text string) mqtt.StreamPart { return mqtt.StreamPart{Seq: seq, Text: text} }
	for _, test := range []struct {
		parts []mqtt.StreamPart
		final string
		want  string
	}{
		{nil, "It is blue.", "It is blue.\n"},
		{[]mqtt.StreamPart{part(0, "It "), part(1, "is")}, "It is blue.", "It is blue.\n"},
		{[]mqtt.StreamPart{part(0, "It "), part(2, "blue")}, "It is blue.", "It is blue.\n"}, // one was lost
		{[]mqtt.StreamPart{part(0, "It\n")}, "It\n", "It\n"},
		{[]mqtt.StreamPart{part(0, "**It**")}, "It", "**It**\nIt\n"},
	} {
		var out bytes.Buffer
		shown := &transcript{out: &out, reading: newProgress(io.Discard, "")}
		for _, p := range test.parts {
			shown.part(p)
		}
		if err := shown.end(test.final); err != nil || out.String() != test.want {
			t.Errorf("%v and %q show %q, %v; expected %q", test.parts, test.final, out.String(), err, test.want)
		}
	}
}
