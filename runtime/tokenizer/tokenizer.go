package tokenizer

import "iter"

// Tokenizer is a vocabulary that is ready to use.
type Tokenizer struct {
	model    model
	vocab    *vocab
	specials *specials

	bos, eos       ID
	addBOS, addEOS bool
	spacePrefix    bool // a space goes before a text that begins or follows a special token
	warnings       []string
}

// model is one kind of vocabulary.
type model interface {
	// encode appends the ids of a text that holds no special token.
	encode(ids []ID, text string, m *merger) []ID
	table() *vocab
	bytes() int64
}

// New checks a vocabulary and builds its tables. Errors are of type *Error.
func New(c Config) (*Tokenizer, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	t := &Tokenizer{bos: c.BOS, eos: c.EOS}
	var err error
	switch c.Model {
	case "llama":
		// The ids that SentencePiece gives where a file names none.
		t.bos, t.eos = c.orDefault(c.BOS, 1), c.orDefault(c.EOS, 2)
		c.BOS, c.EOS = t.bos, t.eos
		t.addBOS, t.spacePrefix = true, true
		t.model, err = newSPM(&c)
	case "gpt2":
		var m *bpe
		if m, err = newBPE(&c); err == nil {
			t.model, t.addBOS = m, m.pre.addBOS
		}
		if c.Pre == "" {
			t.warnings = append(t.warnings, keyPre+" is missing: words are cut by the default rules, which costs quality if the model was trained with others")
		}
	default:
		return nil, fault(keyModel, "is %.80q: expected llama or gpt2", c.Model)
	}
	if err != nil {
		return nil, err
	}
	t.vocab = t.model.table()
	if t.specials, err = newSpecials(t.vocab, c.Tokens); err != nil {
		return nil, err
	}

	for _, key := range []struct {
		value *bool
		to    *bool
	}{{c.AddBOS, &t.addBOS}, {c.AddEOS, &t.addEOS}} {
		if key.value != nil {
			*key.to = *key.value
		}
	}
	if c.Model == "llama" && c.AddSpacePrefix != nil { // has no meaning elsewhere
		t.spacePrefix = *c.AddSpacePrefix
	}
	if t.addBOS && t.bos == None {
		return nil, fault("tokenizer.ggml.bos_token_id", "is missing: expected the token that tokenizer.ggml.add_bos_token asks for")
	}
	if t.addEOS && t.eos == None {
		return nil, fault("tokenizer.ggml.eos_token_id", "is missing: expected the token that tokenizer.ggml.add_eos_token asks for")
	}
	return t, nil
}

func (c *Config) orDefault(id, def ID) ID {
	if id == None && int(def) < len(c.Tokens) {
		return def
	}
	return id
}

// Encode returns the ids of a whole text. With special, control tokens that the
// text spells become those tokens; without, the text is nothing but text.
//
// A beginning or end of sequence is added as the file says, unless the text
// already has it. The text is bounded by the caller: memory is about 50 bytes a
// character while it runs, and a text has less than 2 GiB.
func (t *Tokenizer) Encode(text string, special bool) []ID {
	return t.encode(text, special, nil)
}

// EncodeCut is Encode with control tokens, but none that has a cut inside. Cuts
// are positions in the text, in rising order. They change nothing else: a text
// that spells no control token has the same ids with any cuts.
func (t *Tokenizer) EncodeCut(text string, cuts []int) []ID {
	return t.encode(text, true, cuts)
}

// EncodeBare is Encode without control tokens and without a beginning or end of
// sequence: the text alone, as a text that begins.
func (t *Tokenizer) EncodeBare(text string) []ID {
	bare := *t
	bare.addBOS, bare.addEOS = false, false
	return bare.encode(text, false, nil)
}

// EncodeRest returns the ids of a text that goes on behind others, as an answer
// goes on behind its prompt: plain text, with nothing added before or behind it.
func (t *Tokenizer) EncodeRest(text string) []ID {
	var m merger
	var ids []ID
	for _, f := range t.specials.split(text, false, nil) {
		if f.id != None { // one that plain text may spell
			ids = append(ids, f.id)
			continue
		}
		ids = t.model.encode(ids, text[f.start:f.end], &m)
	}
	return ids
}

func (t *Tokenizer) encode(text string, special bool, cuts []int) []ID {
	var m merger
	ids := make([]ID, 0, len(text)/3+2)
	fragments := t.specials.split(text, special, cuts)
	if t.addBOS && (len(fragments) == 0 || fragments[0].id != t.bos) {
		ids = append(ids, t.bos)
	}
	for _, f := range fragments {
		if f.id != None {
			ids = append(ids, f.id)
			continue
		}
		piece := text[f.start:f.end]
		if t.spacePrefix { // text is the beginning or follows a special token
			piece = " " + piece
		}
		ids = t.model.encode(ids, piece, &m)
	}
	if n := len(fragments); t.addEOS && (n == 0 || fragments[n-1].id != t.eos) {
		ids = append(ids, t.eos)
	}
	return ids
}

// Piece is the text a token stands for; of a control token, its name. It may be
// part of a character. An id that is none has no text.
func (t *Tokenizer) Piece(id ID) string { return t.vocab.piece(id) }

// IsControl reports whether a token is a control token, which no text contains.
func (t *Tokenizer) IsControl(id ID) bool { return t.vocab.marked(id, markControl) }

// IsEOG reports whether a token ends a generation: the file's eos, eot and eom,
// and control tokens with the text of a known end of turn.
func (t *Tokenizer) IsEOG(id ID) bool { return t.vocab.marked(id, markEOG) }

// Controls lists the control tokens with their names.
func (t *Tokenizer) Controls() iter.Seq2[ID, string] {
	return func(yield func(ID, string) bool) {
		for name, id := range t.specials.ids {
			if t.IsControl(id) && !yield(id, name) {
				return
			}
		}
	}
}

// Lookup returns the control token of a name, or None.
func (t *Tokenizer) Lookup(name string) ID {
	if id, ok := t.specials.ids[name]; ok && t.IsControl(id) {
		return id
	}
	return None
}

// Size is the number of tokens.
func (t *Tokenizer) Size() int { return t.vocab.size() }

// BOS is the beginning of sequence, or None.
func (t *Tokenizer) BOS() ID { return t.bos }

// EOS is the end of sequence, or None.
func (t *Tokenizer) EOS() ID { return t.eos }

// AddsBOS reports whether Encode begins with BOS.
func (t *Tokenizer) AddsBOS() bool { return t.addBOS }

// Warnings tells what the file left open in a way that may cost quality.
func (t *Tokenizer) Warnings() []string { return t.warnings }

// Bytes is the memory the tables hold.
func (t *Tokenizer) Bytes() int64 {
	const entry = 64 // of the map of specials, names included
	return t.model.bytes() + entry*int64(len(t.specials.ids))
}
