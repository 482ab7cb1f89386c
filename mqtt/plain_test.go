package mqtt

import "testing"

func TestPlain(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"Nothing to do here.", "Nothing to do here."},
		{"**Bold**, *slanted*, __bold__ and _slanted_.", "Bold, slanted, bold and slanted."},
		{"***both*** of it", "both of it"},
		{"2 * 3 * 4 = 24", "2 * 3 * 4 = 24"},
		{"snake_case_name stays", "snake_case_name stays"},
		{"# Weather\n\n- rain\n* wind\n+ sun\n> quoted", "Weather\n\nrain\nwind\nsun\nquoted"},
		{"1. first\n2. second", "1. first\n2. second"},
		{"Run `ls` or ``a`b``", "Run ls or ab"},
		{"```sh\nls -l\n```\n", "ls -l\n"},
		{"See [the manual](https://example.org/a_b) ![cat](cat.png)", "See the manual cat"},
		{"| room | temp |\n|------|------|\n| bath | 21 |\n", "room, temp\nbath, 21\n"},
		{"one\n---\ntwo", "one\ntwo"},
		{"~~no~~ yes", "no yes"},
		{"Hello 😀 world 👩\u200D👩\u200D👧!", "Hello world!"},
		{"☀️ Sunny", "Sunny"},
		{"Great 👍🏽 job 🇩🇪", "Great job"},
		{"© 2026 → 5 °C ™", "© 2026 → 5 °C ™"},
		{"می\u200Cخواهم ක්\u200Dෂ", "می\u200Cخواهم ක්\u200Dෂ"}, // joiners that belong to the script

	} {
		if got := Plain(test.text); got != test.want {
			t.Errorf("Plain(%q)\n got %q\nwant %q", test.text, got, test.want)
		}
	}
}
