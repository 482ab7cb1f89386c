package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

const envPrefix = "LLAMAD_"

// EnvName is the variable that sets a key: LLAMAD_MQTT_QUEUE for "mqtt" and
// "queue", LLAMAD_CLIENT_KITCHEN_REPLY for "client.kitchen" and "reply".
func EnvName(section, key string) string {
	return envPrefix + envForm(section+"."+key)
}

// envForm is a name in the letters that a variable may have.
func envForm(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			return r
		}
		return '_'
	}, name)
}

// parseEnviron picks llamad's variables and the credentials directory out of
// an environment; an empty value counts as not set, since compose files make
// such of what the user left out.
func parseEnviron(environ []string) map[string]string {
	env := map[string]string{}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if value != "" && (strings.HasPrefix(name, envPrefix) || name == credentialsVariable) {
			env[name] = value
		}
	}
	return env
}

// fromEnvironment sets what LLAMAD_SECTION_KEY variables say. An unknown name
// is a warning and no error: orchestrators add variables of their own, such as
// LLAMAD_MQTT_SERVICE_HOST.
func (l *loader) fromEnvironment() {
	known := map[string]bool{}
	for _, s := range sections {
		for _, r := range s.rows {
			name := EnvName(s.name, r.Name)
			known[name] = true
			text, set := l.env[name]
			if !set || name == passwordVariable {
				continue // the password comes last, in secrets
			}
			l.set(s.name+"."+r.Name, fromText(r.fallback, text), place{name: name})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.env)) {
		if known[name] {
			continue
		}
		if rest, is := strings.CutPrefix(name, envPrefix+"CLIENT_"); is {
			if l.clientVariable(name, rest) {
				continue
			}
		}
		if looksLikeKey(name) {
			var names []string
			for n := range known {
				names = append(names, n)
			}
			slices.Sort(names)
			hint := "the names are LLAMAD_SECTION_KEY; llamad config example lists the keys"
			if best := nearestVariable(name, names); best != "" {
				hint = "did you mean " + best + "?"
			}
			l.warn(Problem{Key: name, Text: "sets no key and is ignored", Hint: hint})
		}
	}
}

// clientVariable takes LLAMAD_CLIENT_<NAME>_<KEY> apart. The name is that of a
// client in the file which looks the same in capitals, or else in small letters.
func (l *loader) clientVariable(variable, rest string) bool {
	var r *row[Client]
	for i := range clientRows { // the longest key: ..._MAX_TOKENS
		suffix := "_" + envForm(clientRows[i].Name)
		if strings.HasSuffix(rest, suffix) && len(rest) > len(suffix) && (r == nil || len(clientRows[i].Name) > len(r.Name)) {
			r = &clientRows[i]
		}
	}
	if r == nil || len(l.client) >= maxClients || !isLevel(strings.ToLower(rest)) {
		return false
	}
	inCapitals := strings.TrimSuffix(rest, "_"+envForm(r.Name))
	name := strings.ToLower(inCapitals)
	for _, n := range slices.Sorted(maps.Keys(l.client)) {
		if envForm(n) == inCapitals {
			name = n
			break
		}
	}
	l.client[name] = append(l.client[name], assign{r.Name, fromText(r.fallback, l.env[variable]), place{name: variable}})
	return true
}

// fromText reads the text of a variable as TOML would give a value like
// fallback. What does not fit stays text, for the row to refuse.
func fromText(fallback any, text string) any {
	switch fallback.(type) {
	case int64:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case float64:
		if x, err := strconv.ParseFloat(text, 64); err == nil {
			return x
		}
	case bool:
		if b, err := strconv.ParseBool(text); err == nil {
			return b
		}
	case []any:
		return listFromText(text)
	}
	return text
}

// listFromText reads ["a", "b"] as TOML, and otherwise a,b.
func listFromText(text string) any {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		var v struct{ List any }
		if _, err := toml.Decode("list = "+text, &v); err == nil {
			return v.List
		}
		return text
	}
	var items []any
	for item := range strings.SplitSeq(text, ",") {
		items = append(items, strings.TrimSpace(item))
	}
	return items
}

// looksLikeKey says whether a variable's name begins like a section's.
func looksLikeKey(name string) bool {
	if strings.HasPrefix(name, envPrefix+"CLIENT_") {
		return true
	}
	return slices.ContainsFunc(sections, func(s section) bool {
		return strings.HasPrefix(name, envPrefix+envForm(s.name)+"_")
	})
}

func nearestVariable(name string, names []string) string {
	best, least := "", 3 // two slips: the names are long and alike
	for _, n := range names {
		if d := distance(name, n); d < least {
			best, least = n, d
		}
	}
	return best
}
