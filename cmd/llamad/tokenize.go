package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"llamad/runtime/llm"
)

func (a *app) tokenizeCommand() *cobra.Command {
	var special bool
	cmd := &cobra.Command{
		Use:   "tokenize MODEL [TEXT]",
		Short: "Print the token ids of a text",
		Long: `Prints a JSON list of the ids that a text becomes, as the model would get it:
with the tokens the file asks for at its beginning and end. MODEL may be a file
that holds only a vocabulary. Without TEXT, standard input is the text, to the
last byte.

Control tokens in the text, such as </s>, are text. With --special they are
control tokens.`,
		Example: `  llamad tokenize tinyllama "Why is the sky blue?"
  llamad tokenize --special tinyllama "<|user|>
  Hello</s>"
  llamad tokenize tinyllama < question.txt`,
		Args: arguments([]string{"MODEL"}, "TEXT"),
		RunE: a.do(func(_ context.Context, args []string) error {
			text, err := a.text(args, 1, "TEXT")
			if err != nil {
				return err
			}
			c, err := a.settings("")
			if err != nil {
				return err
			}
			path, err := find(args[0], c, a.environ)
			if err != nil {
				return err
			}
			tok, err := llm.OpenVocabulary(path)
			if err != nil {
				return explain(path, err)
			}
			return json.NewEncoder(a.stdout).Encode(tok.Encode(text, special))
		}),
	}
	cmd.Flags().BoolVar(&special, "special", false, "control tokens in the text are control tokens")
	return cmd
}
