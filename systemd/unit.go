package systemd

import _ "embed"

// Unit is llamad.service.
//
//go:embed llamad.service
var Unit string

// SysUsers is the fragment of sysusers.d that makes the user of the service.
//
//go:embed llamad.sysusers
var SysUsers string
