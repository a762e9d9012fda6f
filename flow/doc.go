// Package flow decides how a case moves (办件流转): who may take which action in which state, what has to
// hold before, and what follows: a new image of the case, a step, entries of the ledger. It is pure: plan,
// case, actor and time go in, a zhuanhua.Change and the reasons come out. It keeps no records, reads no
// clock and makes no random numbers.
package flow
