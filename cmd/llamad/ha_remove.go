package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"llamad/config"
	"llamad/mqtt"
)

func (a *app) haRemoveCommand() *cobra.Command {
	var file, node string
	cmd := &cobra.Command{
		Use:   "ha-remove",
		Short: "Remove this machine from Home Assistant",
		Long: `Empties the retained MQTT messages by which Home Assistant knows the service, so
that the device and its entities go away there. A service that still runs
announces itself again with its next connection, unless mqtt.discovery is "off".

Broker, node and password come from the configuration of the service where it
can be read, and from the environment: LLAMAD_MQTT_BROKER, LLAMAD_MQTT_PASSWORD.`,
		Example: `  sudo llamad ha-remove
  llamad ha-remove --node pi4`,
		Args: arguments(nil),
		RunE: a.do(func(ctx context.Context, _ []string) error { return a.haRemove(ctx, file, node) }),
	}
	cmd.Flags().StringVar(&file, "config", "", "take [mqtt] from this `file`")
	cmd.Flags().StringVar(&node, "node", "", "`name` of the machine to remove; by default this one")
	return cmd
}

func (a *app) haRemove(ctx context.Context, file, node string) error {
	c, warnings, err := config.Load(file, a.environ)
	if file == "" && errors.Is(err, fs.ErrPermission) {
		c, warnings, err = config.Environment(a.environ) // the service's file is not for everybody's eyes
	}
	a.warn(warnings)
	if err != nil {
		return err
	}
	if node == "" {
		node = c.MQTT.Node
	}
	instance, running, err := mqtt.Retract(ctx, mqtt.Retraction{
		Broker: brokerOf(c), Prefix: c.MQTT.Prefix, Node: node, DiscoveryPrefix: c.MQTT.DiscoveryPrefix,
	})
	var absent *mqtt.AbsentError
	if errors.As(err, &absent) {
		return withHint(fmt.Errorf("nothing is known of %s on this broker, so there is nothing to remove", absent.Base), "name another node with --node")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "removed llamad %s (%s) from Home Assistant\n", node, instance)
	if running && c.MQTT.Discovery != string(mqtt.DiscoverNothing) {
		fmt.Fprintln(a.stderr, `llamad: the service is running and will announce itself again; to keep it away set mqtt.discovery = "off"`)
	}
	return nil
}
