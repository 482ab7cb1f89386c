// Package eval measures how good a model is: its perplexity on a text, by
// llama.cpp's method, and how often it finds the right one of several answers, as
// lm-evaluation-harness defines it. So the figures can be laid beside those that
// others publish.
//
// A measurement is steps that do not depend on one another, chunks of a text or
// questions of a file. Each ends in a record, a Log keeps records in a file, and
// a measurement that is begun with the records of an earlier one goes on behind
// them and comes to the same figures.
package eval
