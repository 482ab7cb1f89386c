//go:build hubs

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// hubPatience is how long anything may take on a busy machine, a whole answer
// included.
const hubPatience = 2 * time.Minute

var hubClient = &http.Client{Timeout: hubPatience}

// hubAPI is a Home Assistant as its own frontend sees it: over the WebSocket API.
type hubAPI struct {
	conn   *websocket.Conn
	closed chan struct{}
	news   chan struct{} // something below has changed

	mu      sync.Mutex // of writing, and of what is below
	asked   int
	replies map[int]chan hubMessage
	states  map[string]hubState
	events  []hubEvent
}

// hubMessage is a message of the WebSocket API.
type hubMessage struct {
	ID      int
	Type    string
	Success bool
	Result  json.RawMessage
	Error   struct{ Code, Message string }
	Event   hubEvent
}

type hubEvent struct {
	Type string `json:"event_type"`
	Data json.RawMessage
}

// hubState is the state of an entity.
type hubState struct {
	Entity     string `json:"entity_id"` // "" is one that does not exist
	State      string
	Attributes object
}

// post calls the REST API.
func (h *homeAssistant) post(path string, body, reply any) {
	h.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, h.url()+path, bytes.NewReader(text))
	if err != nil {
		h.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+h.token)
	answer, err := hubClient.Do(request)
	h.read(path, answer, err, reply)
}

func (h *homeAssistant) read(path string, answer *http.Response, err error, reply any) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		h.t.Fatalf("POST %s: %s, %v: %s", path, answer.Status, err, text)
	}
	if err := json.Unmarshal(text, reply); err != nil {
		h.t.Fatalf("POST %s: %v: %s", path, err, text)
	}
}

// listen opens the WebSocket API and follows all that happens from here on.
func (h *homeAssistant) listen() {
	h.t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial(strings.Replace(h.url(), "http", "ws", 1)+"/api/websocket", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(hubPatience))
	var greeting hubMessage
	if err = conn.ReadJSON(&greeting); err == nil {
		err = conn.WriteJSON(object{"type": "auth", "access_token": h.token})
	}
	if err == nil {
		err = conn.ReadJSON(&greeting)
	}
	if err != nil || greeting.Type != "auth_ok" {
		h.t.Fatalf("Home Assistant does not let us in: %q, %v", greeting.Type, err)
	}
	_ = conn.SetReadDeadline(time.Time{})
	h.hubAPI = &hubAPI{conn: conn, closed: make(chan struct{}), news: make(chan struct{}, 1),
		replies: map[int]chan hubMessage{}, states: map[string]hubState{}}
	go h.hear()
	var states []hubState
	h.ask(object{"type": "subscribe_events"}, nil)
	h.ask(object{"type": "get_states"}, &states)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range states {
		if _, newer := h.states[s.Entity]; !newer {
			h.states[s.Entity] = s
		}
	}
}

// hear takes what comes over the WebSocket API until it is closed.
func (a *hubAPI) hear() {
	defer close(a.closed)
	for {
		var m hubMessage
		if err := a.conn.ReadJSON(&m); err != nil {
			return
		}
		a.mu.Lock()
		switch m.Type {
		case "result":
			if reply := a.replies[m.ID]; reply != nil {
				reply <- m
				delete(a.replies, m.ID)
			}
		case "event":
			a.events = append(a.events, m.Event)
			var changed struct {
				Entity string    `json:"entity_id"`
				New    *hubState `json:"new_state"`
			}
			if m.Event.Type != "state_changed" || json.Unmarshal(m.Event.Data, &changed) != nil {
				break
			}
			if changed.New == nil {
				delete(a.states, changed.Entity)
			} else {
				a.states[changed.Entity] = *changed.New
			}
		}
		a.mu.Unlock()
		select {
		case a.news <- struct{}{}:
		default:
		}
	}
}

// try sends a command and waits for its result.
func (a *hubAPI) try(command object) (json.RawMessage, error) {
	reply := make(chan hubMessage, 1)
	a.mu.Lock()
	a.asked++
	command["id"] = a.asked
	a.replies[a.asked] = reply
	err := a.conn.WriteJSON(command)
	a.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case m := <-reply:
		if !m.Success {
			return nil, fmt.Errorf("%s: %s", m.Error.Code, m.Error.Message)
		}
		return m.Result, nil
	case <-a.closed:
		return nil, errors.New("the connection has ended")
	case <-time.After(hubPatience):
		return nil, fmt.Errorf("no result within %v", hubPatience)
	}
}

// ask sends a command that must succeed; the result goes to result, if that is
// wanted.
func (h *homeAssistant) ask(command object, result any) {
	h.t.Helper()
	reply, err := h.try(command)
	if err == nil && result != nil {
		err = json.Unmarshal(reply, result)
	}
	if err != nil {
		h.t.Fatalf("%v: %v", command, err)
	}
}

// action is a command that performs one, "light.turn_on", on an entity; "" is on
// none.
func action(name, entity string, data object) object {
	domain, service, _ := strings.Cut(name, ".")
	command := object{"type": "call_service", "domain": domain, "service": service}
	if data != nil {
		command["service_data"] = data
	}
	if entity != "" {
		command["target"] = object{"entity_id": entity}
	}
	return command
}

// perform performs an action, to its end.
func (h *homeAssistant) perform(name, entity string, data object) {
	h.t.Helper()
	h.ask(action(name, entity, data), nil)
}

// until waits for something to have happened; found is called with all states and
// events.
func (h *homeAssistant) until(what string, found func() bool) {
	h.t.Helper()
	for timeout := time.After(hubPatience); ; {
		h.mu.Lock()
		done := found()
		h.mu.Unlock()
		if done {
			return
		}
		select {
		case <-h.news:
		case <-h.closed:
			h.t.Fatalf("Home Assistant has hung up, and this was not yet: %s", what)
		case <-timeout:
			h.mu.Lock()
			defer h.mu.Unlock()
			for _, id := range slices.Sorted(maps.Keys(h.states)) {
				h.t.Logf("%s is %q: %v", id, h.states[id].State, h.states[id].Attributes)
			}
			h.t.Fatalf("not within %v: %s", hubPatience, what)
		}
	}
}

// untilState waits until an entity is in a state, and gives it.
func (h *homeAssistant) untilState(entity, what string, found func(hubState) bool) (s hubState) {
	h.t.Helper()
	h.until(entity+" "+what, func() bool {
		s = h.states[entity]
		return found(s)
	})
	return s
}

// state is the state of an entity now.
func (a *hubAPI) state(entity string) hubState {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.states[entity]
}

// happened lists the data of all events of a type so far. Its caller holds mu.
func (a *hubAPI) happened(kind string) (list []object) {
	for _, e := range a.events {
		if e.Type != kind {
			continue
		}
		var data object
		if err := json.Unmarshal(e.Data, &data); err == nil {
			list = append(list, data)
		}
	}
	return list
}

// were lists all states that an entity has had. Its caller holds mu.
func (a *hubAPI) were(entity string) (list []hubState) {
	for _, e := range a.events {
		var changed struct {
			Entity string   `json:"entity_id"`
			New    hubState `json:"new_state"`
		}
		if e.Type == "state_changed" && json.Unmarshal(e.Data, &changed) == nil && changed.Entity == entity {
			list = append(list, changed.New)
		}
	}
	return list
}
