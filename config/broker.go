package config

// Broker is the MQTT broker inside the daemon, for a machine that has none.
type Broker struct {
	Enabled bool
	Port    int // on 127.0.0.1
}

var brokerRows = []row[Broker]{
	toggle("enabled", false, "run a broker inside the daemon, reachable from this machine only",
		func(b *Broker) *bool { return &b.Enabled }),
	whole("port", 1883, "TCP port", "port of that broker on 127.0.0.1", 1, 65535,
		func(b *Broker) *int { return &b.Port }),
}
