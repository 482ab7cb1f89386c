package main

import (
	"reflect"
	"testing"

	"llamad/config"
	"llamad/mqtt"
)

// Whatever may be set for prompts or for a client has an effect on requests.
func TestEverySettingOfAPromptCounts(t *testing.T) {
	defaults := func(r config.Request) mqtt.Fields { return policyOf(&config.Config{Generate: r}).Defaults }
	client := func(c config.Client) mqtt.Fields {
		return policyOf(&config.Config{Clients: map[string]config.Client{"x": c}}).Clients["x"]
	}
	for name, change := range eachField[config.Request]() {
		var r config.Request
		if change(&r); reflect.DeepEqual(defaults(r), defaults(config.Request{})) {
			t.Errorf("generate.%s has no effect", name)
		}
		if reflect.DeepEqual(client(config.Client{Request: r}), client(config.Client{})) {
			t.Errorf("client.x.%s has no effect", name)
		}
	}
	for name, change := range eachField[config.Client]() {
		var c config.Client
		if change(&c); reflect.DeepEqual(client(c), client(config.Client{})) {
			t.Errorf("client.x.%s has no effect", name)
		}
	}
	if p := policyOf(&config.Config{MQTT: config.MQTT{Raw: true, ResponseTopics: []string{"home"}}}); !p.Raw || len(p.ResponseTopics) != 1 {
		t.Errorf("%+v", p)
	}
}

// Whatever may be set about the broker has an effect on how it is reached.
func TestEverySettingOfTheBrokerCounts(t *testing.T) {
	broker := func(m config.MQTT) mqtt.Broker { return brokerOf(&config.Config{MQTT: m}) }
	for name, change := range eachField[config.TLS]() {
		var files config.TLS
		if change(&files); broker(config.MQTT{TLS: files}) == broker(config.MQTT{}) {
			t.Errorf("mqtt.tls.%s has no effect", name)
		}
	}
	c, _, err := config.Environment([]string{"LLAMAD_MQTT_BROKER=mqtts://hub", "LLAMAD_MQTT_USERNAME=me", "LLAMAD_MQTT_PASSWORD=secret"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := brokerOf(c), (mqtt.Broker{URL: "mqtts://hub", Username: "me", Password: "secret"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// eachField sets the fields of a struct, one at a time.
func eachField[T any]() map[string]func(*T) {
	changes := map[string]func(*T){}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if f.Anonymous {
			continue
		}
		changes[f.Name] = func(v *T) {
			field := reflect.ValueOf(v).Elem().FieldByIndex(f.Index)
			switch field.Kind() {
			case reflect.Bool:
				field.SetBool(true)
			case reflect.Int:
				field.SetInt(1)
			case reflect.Float64:
				field.SetFloat(1)
			case reflect.String:
				field.SetString("x")
			case reflect.Slice:
				field.Set(reflect.ValueOf([]string{"x"}))
			case reflect.Pointer:
				field.Set(reflect.New(field.Type().Elem()))
			}
		}
	}
	return changes
}
