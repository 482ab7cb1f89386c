package systemd

import _ "embed"

// Unit is llamad.service.
//
//go:embed llamad.service
var Unit string

// InstanceUnit is llamad@.service: the same for one more llamad on this machine.
//
//go:embed llamad@.service
var InstanceUnit string

// SysUsers is the fragment of sysusers.d that makes the user of the service.
//
//go:embed llamad.sysusers
var SysUsers string
