// Package seal keeps bids sealed until they are opened: it draws the key of a posted challenge, hands its
// parts to three officers of whom any two can open, and encrypts and opens what is submitted. It decides
// nothing: when a part may be entered is for package flow.
//
// The key is an age X25519 identity that is whole only in memory, when it is drawn and when it opens. Its
// text k is split into three random parts, k = r1 ⊕ r2 ⊕ r3, and each officer gets two of them: any two
// officers have all three, one alone has nothing but random bytes (replicated additive sharing, Ito, Saito
// and Nishizeki 1987). An officer's parts are encrypted to that officer's own age recipient, whose
// identity never comes near the server before the opening.
//
// When the first officer enters an identity after the deadline, the parts are not kept: they are encrypted
// again to each of the other two, so that the next one who enters has the whole key in memory for as long
// as the opening takes.
package seal
