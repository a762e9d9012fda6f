// Package flow decides how a case moves (办件流转): who may take which action in which state, what has to
// hold before, and what follows: a new image of the case, a step, entries of the ledger. It is pure: plan,
// case, actor and time go in, a zhuanhua.Change and the reasons come out. It keeps no records, reads no
// clock and makes no random numbers.
//
// # What holds whatever a plan says
//
// Some rules are not left to the plan, because a slip in it must not open them: nobody acts on two sides of
// a case; nobody of the authority, no expert and no holder of a key has a known interest in it; an account
// of a budget never goes below zero; a tranche is paid once; a granted amount lies within what the rule
// allows; no bid is opened before the time for bids is over; a case does not end while money is on its way.
//
// # What the case keeps
//
// A case is its state now and each step what was done, with the reasons that were seen. One expert's sheet, a
// single objection, the qualification of one bid are kept where they belong and not as forms of the case;
// the contents of a bid are kept nowhere until it is opened.
package flow
