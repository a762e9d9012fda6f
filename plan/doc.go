// Package plan reads an action plan that is kept as data (measures, targets, departments, money
// rules and their trials), refuses it with file, line and column where it is not sound, and answers
// what a rule gives for the facts of a case: which conditions are met, what is missing, how much it
// is and where it is written. It keeps no records and knows no region: everything of a place is in
// its pack.
//
// # Money
//
// Money is exact from the pack to the answer: fen and rates are big rationals, rounding happens once,
// at the end, down to the fen. No binary fraction occurs in the package; a test reads the sources.
// Down, and not to the nearest: an office may pay less than a fraction of a fen asks for, and never
// more than the rule grants. Once, at the end: a step that rounds would make the amount hang on how
// many steps somebody wrote the formula in.
//
// # What a rule can say
//
// Conditions and steps are written in a small part of CEL, because people who are not programmers
// have to read them, and because whoever changes them must not be able to hang the program or to read
// what is not theirs. There are comparisons, && || and !, choices by ?:, in over a list of words,
// + - and * on money and rates, min and max, inside and outside of the plan's region, and stated. There
// are no loops, no macros, no conversions, no strings put together, no clock: the day is a fact of the
// question (on), so that an answer can be made again years later. Money and rates are types of their
// own, so that a rate added to an amount is refused when the pack is loaded and not when somebody
// claims. Numbers other than 0 and 1 cannot be written in an expression at all: every figure of a rule
// is a parameter, with a name, days and a source.
//
// # A fact that is missing
//
// A fact that is not stated is neither true nor false. A condition that looks at one is not evaluated:
// it is unmet, with "not stated" as what is there, whatever the rest of the expression says. So a
// missing fact never makes somebody eligible, not even where || would have done without it; and nobody
// is refused for good because of it, for the next step is to state it. The same holds for a parameter
// that is not set: no amount is better than an invented one.
//
// # How far a case falls short
//
// The least change that satisfies a condition is read off the condition's own comparison and not
// written beside it: two figures that have to agree will differ one day. Past a strict bound lies one
// step more, a fen, a year or a day. Where there is no least change (a word that differs, a share that
// has no next value, two facts that would both have to move) there is no number, and the answer says
// so with null.
//
// # Workflows
//
// A plan also says how cases go: states, actions, guards, effects and clocks of closed lists, forms, and which
// days are worked. The checker walks every way that a case can take; package flow decides along them. What the
// words mean stands in docs/workflows.md.
//
// # Versions
//
// A plan that changes gets a new version; the old one stays and answers for its days. A decision keeps
// the version and the checksum that it was made under and can be made again with them, see Library.
package plan
