// Package ui is Parley's screen: a conversation list, a thread and a composer
// in one terminal, for people who answer customers all day over a slow line.
//
// The rules of this package:
//
//   - One Bubble Tea model, [UI]. The list, the thread, the composer, the
//     dialogs are plain structs with methods; [UI.Update] only hands a message
//     to the handler that it belongs to.
//   - Nothing waits. No I/O happens in Update or View. A command calls one
//     method of the inbox with the session's context and answers with one
//     message; an answer that is older than the question on the screen is
//     dropped. There is no go statement here and no package variable that
//     changes, so one process can serve many screens.
//   - Everything is bound to an ID. The selection, the place in a thread, the
//     draft and the composer name their conversation; rows and lines are only
//     where it happens to be drawn. A refresh cannot change who is answered.
//   - Nothing typed is lost. Each edit is put into a [draftBook] that may be
//     saved from anywhere, also by main when the program is told to die.
//   - A key costs the same with ten conversations and with a hundred thousand.
//     List and thread are windows over the store, re-read around the place that
//     is looked at.
//   - Nothing is drawn twice. Update marks the parts of the screen that are
//     stale, draws these and joins the frame; View returns it. One clock ticks
//     at the next instant at which a visible label changes, and not at all when
//     none does.
//   - Colours are fitted to the terminal's own background ([look]), and tell nothing
//     that a word or an attribute does not tell too.
//   - Pictures in the thread are cells too, so they scroll with the rest. Commands
//     fetch, decode and draw them, only those on the screen, and what is read stays
//     where it is when one comes.
//   - Every line passes through [lineBuilder], which never writes a control
//     character of a text and never more cells than it was given.
package ui
