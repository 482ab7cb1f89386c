package gguf

import "fmt"

// metadata reads n keys with their values.
func (f *File) metadata(c *cursor, n int) *Error {
	f.Metadata = make([]Entry, 0, n)
	f.entries = make(map[string]int, n)
	for i := range n {
		at := int64(c.off)
		key, err := c.name(maxKey)
		if err != nil {
			return err.of("metadata[%d].key", i)
		}
		if _, twice := f.entries[key]; twice {
			return malformed(at, "is "+Label(key)+" once more", "each key once").of("metadata[%d].key", i)
		}
		e, err := c.entry(key)
		if err != nil {
			return err
		}
		f.entries[key] = i
		f.Metadata = append(f.Metadata, e)
	}
	return nil
}

// entry reads the value that follows a key.
func (c *cursor) entry(key string) (Entry, *Error) {
	e := Entry{Key: key}
	at := int64(c.off)
	t, err := c.u32()
	if err != nil {
		return e, err.of("value type of %s", Label(key))
	}
	if int64(t) >= int64(len(valueTypes)) {
		return e, malformed(at, fmt.Sprintf("is %d", t), "0 to 12").of("value type of %s", Label(key))
	}
	e.Type, e.Offset = ValueType(t), int64(c.off)
	switch e.Type {
	case Array:
		return e, c.array(&e)
	case String:
		limit := maxString
		if key == keyChatTemplate {
			limit = maxTemplate
		}
		if e.data, err = c.text(limit); err == nil {
			err = checkText(e.Offset, e.data)
		}
	default:
		if e.data, err = c.take(valueTypes[e.Type].size); err == nil && e.Type == Bool {
			err = checkBools(e.Offset, e.data)
		}
	}
	if err != nil {
		return e, err.of("%s", Label(key))
	}
	return e, nil
}

// array reads an array and checks its elements, without keeping any.
func (c *cursor) array(e *Entry) *Error {
	at := int64(c.off)
	t, err := c.u32()
	if err != nil {
		return err.of("element type of %s", Label(e.Key))
	}
	if int64(t) >= int64(len(valueTypes)) || ValueType(t) == Array {
		return malformed(at, "is "+ValueType(t).String(), "a number, bool or string").of("element type of %s", Label(e.Key))
	}
	e.Elem = ValueType(t)
	size := valueTypes[e.Elem].size
	if size > 0 {
		e.Len, err = c.count(maxArray, size)
	} else {
		e.Len, err = c.count(maxArray, 8) // an empty string's length
	}
	if err != nil {
		return err.of("length of %s", Label(e.Key))
	}
	begin := c.off
	if size > 0 {
		c.off += e.Len * size // count has seen that they are there
	} else {
		for i := range e.Len {
			if _, err := c.text(maxString); err != nil {
				return err.of("%s[%d]", Label(e.Key), i)
			}
		}
	}
	e.data = c.data[begin:c.off]
	if e.Elem == Bool {
		if err := checkBools(int64(begin), e.data); err != nil {
			return err.of("%s[%d]", Label(e.Key), err.Offset-int64(begin))
		}
	}
	return nil
}

func checkBools(at int64, b []byte) *Error {
	for i, v := range b {
		if v > 1 {
			return malformed(at+int64(i), fmt.Sprintf("is %d", v), "0 or 1, a bool")
		}
	}
	return nil
}
