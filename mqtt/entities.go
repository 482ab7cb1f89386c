package mqtt

import (
	"maps"
	"strings"
)

// entity is one thing of the device that Home Assistant shows. The names of the
// configuration are those of its documentation ("MQTT", and a page a platform).
type entity struct {
	key      string // part of its identity: never renamed
	platform string
	config   map[string]any
}

// entities are all of them. Each shows or moves what stands on a topic of ours.
func (a announcer) entities() []entity {
	topic := func(kind string) string { return a.tree.topic(kind, "") }
	prompt := a.tree.topic(topicPrompt, homeAssistant)
	health := topic(topicHealth)
	return []entity{
		a.entity("notify", "notify", "Prompt", map[string]any{
			"command_topic": prompt, "qos": 1, "icon": "mdi:message-question",
		}),
		a.entity("text", "text", "Prompt", map[string]any{
			"command_topic": prompt, "qos": 1, "icon": "mdi:message-question",
			"max": 255, // what Home Assistant allows; notify has no limit
		}),
		a.entity("last", "sensor", "Last answer", map[string]any{
			"state_topic": topic(topicLast), "icon": "mdi:message-text",
			"value_template":        "{{ value_json.short }}",
			"json_attributes_topic": topic(topicLast), // the whole text among them
		}),
		a.entity("event", "event", "Answer", map[string]any{
			"state_topic": topic(topicEvent), "qos": 1, "icon": "mdi:message-badge",
			"event_types": eventTypes,
		}),
		a.entity("busy", "binary_sensor", "Busy", map[string]any{
			"state_topic": health, "device_class": "running",
			"value_template": "{{ 'ON' if value_json.busy else 'OFF' }}",
		}),
		a.entity("cancel", "button", "Cancel", map[string]any{
			"command_topic": topic(topicCancel), "payload_press": cancelPress, "icon": "mdi:cancel",
		}),
		a.figure("speed", "Speed", map[string]any{
			"unit_of_measurement": "tokens/s", "icon": "mdi:speedometer",
			"value_template": "{{ value_json.tokens_per_second }}", "suggested_display_precision": 1,
		}),
		a.figure("queue", "Queue", map[string]any{
			"unit_of_measurement": "prompts", "icon": "mdi:tray-full",
			"value_template": "{{ value_json.queue }}",
		}),
		a.figure("memory", "Memory", map[string]any{
			"device_class": "data_size", "unit_of_measurement": "MiB",
			"value_template":           "{{ ((value_json.memory.anonymous + value_json.memory.model) / 1048576) | round(1) }}",
			"json_attributes_topic":    health, // the four figures apart, in bytes
			"json_attributes_template": "{{ value_json.memory | tojson }}", "suggested_display_precision": 0,
		}),
		a.figure("temperature", "Temperature", map[string]any{
			"device_class": "temperature", "unit_of_measurement": "°C", "enabled_by_default": false,
			"value_template": "{{ value_json.temperature }}", // null becomes None, which is unknown
		}),
		a.entity("throttled", "binary_sensor", "Throttled", map[string]any{
			"state_topic": health, "device_class": "problem", "entity_category": "diagnostic", "enabled_by_default": false,
			"value_template": "{{ 'None' if value_json.throttled is none else 'ON' if value_json.throttled else 'OFF' }}",
		}),
	}
}

// entity adds what every one has.
func (a announcer) entity(key, platform, name string, more map[string]any) entity {
	config := map[string]any{
		"platform":          platform,
		"unique_id":         "llamad_" + a.instance + "_" + key,
		"name":              name,
		"default_entity_id": platform + "." + slug(a.name+" "+name),
	}
	maps.Copy(config, more)
	return entity{key, platform, config}
}

// figure is a number on the topic health that is worth a curve.
func (a announcer) figure(key, name string, more map[string]any) entity {
	e := a.entity(key, "sensor", name, more)
	e.config["state_topic"] = a.tree.topic(topicHealth, "")
	e.config["state_class"] = "measurement"
	e.config["entity_category"] = "diagnostic"
	return e
}

// slug is a name as it may stand in an entity id.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "_")
}
