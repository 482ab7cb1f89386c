#!/bin/sh
# Prompts from a shell. LLAMAD is the topics of your machine, as in the log line
# "ready"; host, port, user and password of the broker may stand in
# ~/.config/mosquitto_rr and its like, one option a line.
set -eu
LLAMAD=${LLAMAD:-llamad/$(hostname)}

# Ask and wait for the answer. The last level of the topic is a name of your own.
mosquitto_rr -q 1 -W 150 -t "$LLAMAD/prompt/shell" -e "$LLAMAD/response/shell" -m 'Why is the sky blue?'

# With settings of its own: a JSON request.
mosquitto_rr -q 1 -W 150 -t "$LLAMAD/prompt/shell" -e "$LLAMAD/response/shell" \
	-m '{"prompt":"Name three rivers.","system":"Answer in one line.","max_tokens":30,"temperature":0}'

# The bare text, for a display or a loudspeaker.
mosquitto_rr -q 1 -W 150 -t "$LLAMAD/prompt/shell" -e "$LLAMAD/response/shell" \
	-m '{"prompt":"Say hello.","max_tokens":12,"reply":"text","plain":true}'

# A sentence to one of the actions that you know.
mosquitto_rr -q 1 -W 150 -t "$LLAMAD/prompt/shell" -e "$LLAMAD/response/shell" \
	-m '{"prompt":"It is too dark in here.","one_of":["light on","light off","nothing"]}'

# A conversation remembers what was said, for five minutes.
mosquitto_rr -q 1 -W 150 -t "$LLAMAD/prompt/shell" -e "$LLAMAD/response/shell" \
	-m '{"prompt":"My name is Ada.","max_tokens":12,"conversation":"shell"}'
mosquitto_rr -q 1 -W 150 -t "$LLAMAD/prompt/shell" -e "$LLAMAD/response/shell" \
	-m '{"prompt":"What is my name?","max_tokens":12,"conversation":"shell"}'

# Ask without waiting; whoever subscribes to response/later has the answer.
mosquitto_pub -q 1 -t "$LLAMAD/prompt/later" -m 'Name a colour.'

# Cancel everything.
mosquitto_pub -t "$LLAMAD/cancel" -m '*'

# Is it there, and what does it run?
mosquitto_sub -C 1 -W 5 -t "$LLAMAD/state"
mosquitto_sub -C 1 -W 5 -t "$LLAMAD/info"
