// Package plan reads an action plan that is kept as data (measures, targets, departments, money
// rules and their trials), refuses it with file, line and column where it is not sound, and answers
// what a rule gives for the facts of a case: which conditions are met, what is missing, how much it
// is and where it is written. It keeps no records and knows no region: everything of a place is in
// its pack.
//
// Money is exact from the pack to the answer: fen and rates are big rationals, rounding happens once,
// at the end, down to the fen. No binary fraction occurs in the package; a test reads the sources.
package plan
