// Package meta is what Meta's messaging products have in common, whoever passes
// them on: the events of their webhooks, the names of reactions, and what an
// error code means. Providers that reach Instagram or Messenger share it; how a
// request is made is each provider's own.
//
// Documents: https://developers.facebook.com/docs/instagram-platform/webhooks
// (with /examples and /new), https://developers.facebook.com/documentation/business-messaging/instagram-messaging/webhooks
// and https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes.
// They contradict one another and what is really sent. So reading is lenient:
// every shape that was ever published or seen is taken.
package meta
