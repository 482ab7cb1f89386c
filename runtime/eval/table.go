package eval

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
)

// object is a question's fields as JSON, and the line of the file they begin in.
type object struct {
	line int
	text []byte
}

// objects are those of a file: a JSON object a line, or a table of comma-separated
// values whose first row names the fields.
func objects(data []byte) (all []object, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // what spreadsheets begin with
	if isTable(data) {
		return tableRows(data)
	}
	number := 0
	for line := range bytes.Lines(data) {
		number++
		if line = bytes.TrimSpace(line); len(line) > 0 {
			all = append(all, object{number, line})
		}
	}
	return all, nil
}

// isTable says whether the first line is a list of names and no JSON.
func isTable(data []byte) bool {
	line, _, _ := bytes.Cut(data, []byte{'\n'})
	return bytes.ContainsRune(line, ',') && line[0] != '{' && line[0] != '['
}

// tableRows are those of a table, without the first. A value may span lines.
func tableRows(data []byte) (all []object, err error) {
	table := csv.NewReader(bytes.NewReader(data))
	names, err := table.Read()
	if err != nil {
		return nil, err
	}
	for {
		values, err := table.Read()
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		fields := map[string]string{}
		for i, value := range values {
			fields[names[i]] = value
		}
		text, err := json.Marshal(fields)
		if err != nil {
			return nil, err
		}
		line, _ := table.FieldPos(0)
		all = append(all, object{line, text})
	}
}
